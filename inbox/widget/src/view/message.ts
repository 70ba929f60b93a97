import type { Item, MessageItem } from '../items';
import { parts } from '../links';
import { exactWords, timeWords } from '../time';
import { el, icon, set } from './dom';

export interface MessageActions {
  choose(item: MessageItem, value: string, label: string): void;
  again(key: string): void;
  discard(key: string): void;
}

/** itemNode draws one line of the thread. */
export function itemNode(item: Item, actions: MessageActions): HTMLElement {
  switch (item.kind) {
    case 'day':
      return el('div', { class: 'day' }, el('span', {}, item.words));
    case 'closed':
      return el('div', { class: 'day' }, el('span', {}, 'Conversation closed. Write to start a new one.'));
    default:
      return messageNode(item, actions);
  }
}

/**
 * redraw brings a line up to date and returns it, or a new one where what was said changed. It leaves the text alone:
 * screen readers would read it out again.
 */
export function redraw(node: HTMLElement, was: Item, item: Item, actions: MessageActions): HTMLElement {
  if (was.kind !== 'message' || item.kind !== 'message') return itemNode(item, actions);
  const said = (m: MessageItem) => [m.author, m.name, m.text, m.first].join();
  if (said(was) !== said(item)) return itemNode(item, actions);
  for (const old of node.querySelectorAll(':scope > .bubble ~ *')) old.remove();
  set(node, 'data-state', item.state);
  node.append(...tail(item, actions));
  return node;
}

function messageNode(m: MessageItem, actions: MessageActions): HTMLElement {
  const node = el('div', { class: `message ${m.author}`, 'data-first': m.first, 'data-state': m.state });
  if (m.author === 'contact') node.append(el('span', { class: 'sr' }, 'You: '));
  else if (m.first) node.append(byline(m));
  node.append(bubble(m), ...tail(m, actions));
  return node;
}

/** tail is what may change under a message: buttons, and how it fared. */
function tail(m: MessageItem, actions: MessageActions): HTMLElement[] {
  const out: HTMLElement[] = [];
  if (m.choices.length > 0) out.push(choices(m, actions));
  if (m.state === 'failed') out.push(failure(m, actions));
  else if (m.state === 'sending' || (m.state === 'sent' && m.last)) out.push(meta(m));
  return out;
}

function byline(m: MessageItem): HTMLElement {
  const mark =
    m.author === 'automatic'
      ? icon('flash', 14)
      : el('span', { class: 'initial', 'aria-hidden': 'true' }, nameOf(m).charAt(0).toUpperCase());
  return el('div', { class: 'by' }, mark, el('b', {}, nameOf(m)), time(m));
}

function nameOf(m: MessageItem): string {
  return m.author === 'automatic' ? 'Automatic' : m.name || 'The team';
}

function time(m: MessageItem): HTMLElement {
  const at = new Date(m.at);
  return el('time', { datetime: m.at, title: exactWords(at) }, timeWords(at));
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
  const sent = m.state === 'sent';
  const words = sent ? 'Sent' : 'Sending';
  const mark = icon(sent ? 'check' : 'clock', 14);
  return el(
    'div',
    { class: 'meta' },
    time(m),
    el('span', { class: 'state', title: words }, mark, el('span', { class: 'sr' }, words)),
  );
}
