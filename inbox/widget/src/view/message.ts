import type { Item, MessageItem } from '../items';
import { parts } from '../links';
import { exactWords, timeWords } from '../time';
import { el, icon } from './dom';

export interface MessageActions {
  choose(item: MessageItem, value: string, label: string): void;
  again(key: string): void;
  discard(key: string): void;
}

/** itemNode draws one line of the thread. It is drawn anew when the item changes. */
export function itemNode(item: Item, actions: MessageActions): HTMLElement {
  switch (item.kind) {
    case 'day':
      return el('div', { class: 'day' }, el('span', {}, item.words));
    case 'closed':
      return el(
        'div',
        { class: 'day' },
        el('span', {}, 'This conversation is closed. Write to start a new one.'),
      );
    default:
      return messageNode(item, actions);
  }
}

function messageNode(m: MessageItem, actions: MessageActions): HTMLElement {
  const own = m.author === 'contact';
  const node = el('div', {
    class: `message ${m.author}`,
    'data-first': m.first,
    'data-last': m.last,
    'data-state': m.state,
  });
  if (own) node.append(el('span', { class: 'sr' }, 'You: '));
  else if (m.first) node.append(byline(m));
  node.append(bubble(m));
  if (m.choices.length > 0) node.append(choices(m, actions));
  if (m.state === 'failed') node.append(failure(m, actions));
  else if (m.last || m.state === 'sending') node.append(meta(m));
  return node;
}

function byline(m: MessageItem): HTMLElement {
  if (m.author === 'automatic') return el('div', { class: 'by' }, icon('flash', 14), 'Automatic');
  const name = m.name || 'The team';
  return el(
    'div',
    { class: 'by' },
    el('span', { class: 'initial', 'aria-hidden': 'true' }, name.charAt(0).toUpperCase()),
    name,
  );
}

function bubble(m: MessageItem): HTMLElement {
  const text = el('div', { class: 'bubble' });
  for (const p of parts(m.text)) {
    text.append(
      p.href
        ? el('a', { href: p.href, target: '_blank', rel: 'noopener noreferrer nofollow ugc' }, p.text)
        : p.text,
    );
  }
  return text;
}

function choices(m: MessageItem, actions: MessageActions): HTMLElement {
  const row = el('div', { class: 'choices', role: 'group', 'aria-label': 'Answers' });
  for (const c of m.choices) {
    const chosen = m.chosen === c.value;
    const button = el(
      'button',
      {
        type: 'button',
        class: 'choice',
        disabled: !m.open,
        'aria-pressed': m.chosen ? String(chosen) : undefined,
      },
      chosen ? icon('check', 16) : undefined,
      c.label,
    );
    button.addEventListener('click', () => actions.choose(m, c.value, c.label));
    row.append(button);
  }
  return row;
}

function failure(m: MessageItem, actions: MessageActions): HTMLElement {
  const again = el('button', { type: 'button', class: 'plain' }, 'Try again');
  const discard = el('button', { type: 'button', class: 'plain' }, 'Remove');
  again.addEventListener('click', () => actions.again(m.key));
  discard.addEventListener('click', () => actions.discard(m.key));
  return el(
    'div',
    { class: 'meta failed' },
    icon('alert', 14),
    el('span', {}, `Not sent. ${m.why}`),
    again,
    discard,
  );
}

function meta(m: MessageItem): HTMLElement {
  const at = new Date(m.at);
  const time = el('time', { datetime: m.at, title: exactWords(at) }, timeWords(at));
  const state = { sending: 'Sending', sent: 'Sent', failed: '', '': '' }[m.state];
  const mark = state
    ? el(
        'span',
        { class: 'state', title: state },
        icon(m.state === 'sent' ? 'check' : 'clock', 14),
        el('span', { class: 'sr' }, state),
      )
    : undefined;
  return el('div', { class: 'meta' }, time, mark);
}
