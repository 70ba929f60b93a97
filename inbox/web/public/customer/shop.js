// The demo shop: who the visitor is, and questions to try. It uses only what any page may: window.Usher.
const kept = 'demo.customer';
const visitor = 'visitor';
const chat = document.querySelector('script[data-inbox]');
const notice = document.querySelector('#notice');

/** Calls back when the chat's script has run; says so when it cannot be loaded. */
function withChat(then) {
  if (window.Usher) {
    then(window.Usher);
    return;
  }
  chat.addEventListener('load', () => window.Usher && then(window.Usher), { once: true });
  chat.addEventListener('error', chatIsAway, { once: true });
}

function chatIsAway() {
  notice.textContent = 'The chat could not be loaded. Build it with make build, start Usher again and reload this page.';
}

function ask(question) {
  if (!window.Usher) {
    chatIsAway();
    return;
  }
  window.Usher.open(question);
}

function choice(label, title, user, checked) {
  const field = document.createElement('label');
  const input = document.createElement('input');
  input.type = 'radio';
  input.name = 'who';
  input.checked = checked;
  input.addEventListener('change', () => become(user));
  field.title = title;
  field.append(input, label);
  return field;
}

function become(user) {
  try {
    localStorage.setItem(kept, user ? user.id : visitor);
  } catch {
    // Without storage the choice holds until the page is left.
  }
  withChat((usher) =>
    usher.identify(user && { id: user.id, hash: user.hash, name: user.name, email: user.email }),
  );
}

function last() {
  try {
    return localStorage.getItem(kept);
  } catch {
    return null;
  }
}

/**
 * Offers the demo's customers, and is the first of them until somebody else is chosen: her order is the one to ask about.
 * There are none outside the demo, and then nothing is offered and everybody is a visitor.
 */
async function offerPeople() {
  const answer = await fetch('/customer/identity.json', { headers: { Accept: 'application/json' } });
  if (!answer.ok || !answer.headers.get('Content-Type')?.includes('json')) return;
  const { users } = await answer.json();
  if (!Array.isArray(users) || users.length === 0) return;
  const who = document.querySelector('#who');
  const chosen = last();
  const now = chosen === visitor ? undefined : (users.find((u) => u.id === chosen) ?? users[0]);
  for (const u of users) {
    const kind = u.type && u.type !== 'customer' ? `, ${u.type === 'vip' ? 'VIP' : u.type}` : '';
    who.append(choice(u.name + kind, `${u.name} is signed in: ${u.email}`, u, u === now));
  }
  who.append(choice('a visitor', 'Nobody is signed in', null, !now));
  who.hidden = false;
  if (now) become(now);
}

for (const button of document.querySelectorAll('.try')) {
  button.addEventListener('click', () => ask(button.textContent.trim()));
}
withChat(() => {});
offerPeople().catch(() => {
  // The switch is an extra: without it everybody is a visitor.
});
