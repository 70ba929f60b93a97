import type { Chat } from '../chat';
import { type Item, items } from '../items';
import { el, icon, set, write } from './dom';
import { itemNode, type MessageActions, redraw } from './message';

/** How near the end counts as at the end, in pixels. */
const near = 80;

const keptWords = 'No connection. What you write is kept and sent when it is back.';
const refusedWords = 'The chat cannot start on this page. Please reach us another way.';

interface Line {
  node: HTMLElement;
  item: Item;
}

/** Panel is the open chat: header, thread and composer. */
export class Panel {
  readonly node: HTMLElement;
  private readonly title = el('h2', { id: 'title' }, 'Chat');
  private readonly here = el('p', { class: 'here' });
  private readonly banner = el('div', { class: 'banner', role: 'status', hidden: true });
  private readonly bannerText = el('span');
  private readonly welcome = el('div', { class: 'welcome' });
  private readonly greeting = el('p', { class: 'greeting' });
  private readonly expect = el('p', { class: 'expect' });
  private readonly log = el('div', {
    class: 'log',
    role: 'log',
    'aria-live': 'polite',
    'aria-label': 'Messages',
  });
  private readonly wait = el('p', { class: 'wait', hidden: true });
  private readonly scroll: HTMLElement;
  private readonly latest = el(
    'button',
    { type: 'button', class: 'latest', hidden: true },
    icon('down', 16),
    'New messages',
  );
  private readonly input: HTMLTextAreaElement;
  private readonly send: HTMLButtonElement;
  private readonly problem = el('p', { class: 'problem', id: 'problem', role: 'alert' });
  private readonly drawn = new Map<string, Line>();
  private stick = true;

  constructor(
    private chat: Chat,
    private readonly close: () => void,
  ) {
    const closeButton = el(
      'button',
      { type: 'button', class: 'icon', 'aria-label': 'Close chat' },
      icon('close'),
    );
    closeButton.addEventListener('click', close);
    this.banner.append(icon('cloud', 16), this.bannerText);
    this.welcome.append(
      this.greeting,
      el('p', {}, 'Simple questions are answered automatically, at once. Everything else goes to a person.'),
      this.expect,
    );
    this.scroll = el('div', { class: 'scroll', tabindex: '-1' }, this.welcome, this.log, this.wait);
    this.scroll.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.latest.addEventListener('click', () => this.toEnd());
    this.input = el('textarea', {
      id: 'text',
      rows: '1',
      placeholder: 'Write a message',
      'aria-label': 'Message',
      'aria-describedby': 'problem',
      enterkeyhint: 'send',
    });
    this.send = el('button', { type: 'submit', class: 'send', 'aria-label': 'Send' }, icon('send'));
    this.node = el(
      'section',
      {
        class: 'panel',
        role: 'dialog',
        id: 'panel',
        'aria-labelledby': 'title',
        tabindex: '-1',
        hidden: true,
      },
      el('div', { class: 'head' }, el('div', { class: 'who' }, this.title, this.here), closeButton),
      this.banner,
      el('div', { class: 'middle' }, this.scroll, this.latest),
      this.composer(),
    );
    this.node.addEventListener('keydown', (e) => this.keys(e));
  }

  /** show puts another chat into the panel: another person is at the page. */
  show(chat: Chat): void {
    this.chat = chat;
    for (const { node } of this.drawn.values()) node.remove();
    this.drawn.clear();
    this.input.value = chat.draft;
    this.grow();
    this.render();
  }

  open(modal: boolean): void {
    this.node.hidden = false;
    set(this.node, 'aria-modal', modal ? 'true' : undefined);
    this.input.value = this.chat.draft;
    this.grow();
    this.render();
    this.toEnd();
    this.input.focus({ preventScroll: true });
  }

  hide(): void {
    this.node.hidden = true;
  }

  render(): void {
    const { site, people, link, thread } = this.chat;
    write(this.title, site.company || 'Chat');
    const trouble = link === 'refused' ? refusedWords : this.chat.apart ? keptWords : '';
    // Without a connection nobody knows who is here.
    write(this.here, people && !trouble ? hereWords(people.online) : '');
    set(this.here, 'data-away', people?.away ?? false);
    this.banner.hidden = trouble === '';
    write(this.bannerText, trouble);
    const focused = (this.node.getRootNode() as ShadowRoot).activeElement === this.input;
    this.input.disabled = link === 'refused';
    // A disabled field loses the focus, and with it the way out by Escape.
    if (this.input.disabled && focused) this.node.focus({ preventScroll: true });
    const empty = thread.entries.length + thread.outgoing.length === 0;
    this.welcome.hidden = !empty || !this.chat.welcomed;
    write(this.greeting, site.greeting || 'Hello. How can we help?');
    write(this.expect, people?.words ?? '');
    const last = thread.entries.at(-1);
    const waiting = thread.outgoing.length === 0 && thread.status === 'open' && last?.author === 'contact';
    this.wait.hidden = !waiting;
    write(this.wait, people?.words ?? '');
    this.drawThread();
    this.sendable();
  }

  private drawThread(): void {
    const list = items(this.chat.thread, new Date());
    const keys = new Set(list.map((i) => i.key));
    for (const [key, { node }] of this.drawn) {
      if (!keys.has(key)) {
        node.remove();
        this.drawn.delete(key);
      }
    }
    let before: Element | null = null;
    let fresh = false;
    for (const item of list) {
      const was = this.drawn.get(item.key);
      const line = this.line(was, item);
      fresh ||= !was && item.kind === 'message' && item.author !== 'contact';
      const place: Element | null = before ? before.nextElementSibling : this.log.firstElementChild;
      if (place !== line.node) this.log.insertBefore(line.node, place);
      before = line.node;
    }
    if (this.stick) this.toEnd();
    else if (fresh) this.latest.hidden = false;
  }

  /** line is the drawn item, as it is now. */
  private line(was: Line | undefined, item: Item): Line {
    if (was && JSON.stringify(was.item) === JSON.stringify(item)) return was;
    const node = was ? redraw(was.node, was.item, item, this.actions) : itemNode(item, this.actions);
    if (was && node !== was.node) was.node.replaceWith(node);
    const line = { node, item };
    this.drawn.set(item.key, line);
    return line;
  }

  private readonly actions: MessageActions = {
    choose: (item, value, label) => {
      const offer = this.chat.thread.entries.find((e) => (e.client_id || e.id) === item.key);
      if (offer) this.say(label, value, offer.id);
      this.input.focus({ preventScroll: true });
    },
    again: (key) => this.chat.again(key),
    discard: (key) => this.chat.discard(key),
  };

  private composer(): HTMLElement {
    const form = el(
      'form',
      { class: 'composer', novalidate: true },
      this.problem,
      el('div', { class: 'box' }, this.input, this.send),
    );
    form.addEventListener('submit', (e) => {
      e.preventDefault();
      this.submit();
    });
    this.input.addEventListener('input', () => {
      this.chat.draft = this.input.value;
      write(this.problem, '');
      this.grow();
      this.sendable();
    });
    this.input.addEventListener('keydown', (e) => {
      // On a touch keyboard return starts a new line, as people expect there.
      const touch = window.matchMedia?.('(pointer: coarse)').matches ?? false;
      if (e.key !== 'Enter' || e.shiftKey || e.isComposing || touch) return;
      e.preventDefault();
      this.submit();
    });
    return form;
  }

  private submit(): void {
    if (this.input.value.trim() === '') return;
    if (!this.say(this.input.value)) return;
    this.input.value = '';
    this.chat.draft = '';
    this.grow();
    this.sendable();
    this.input.focus({ preventScroll: true });
  }

  private say(text: string, choice?: string, answers?: string): boolean {
    const problem = this.chat.say(text, choice, answers);
    write(this.problem, problem ?? '');
    if (problem === undefined) this.stick = true;
    return problem === undefined;
  }

  private sendable(): void {
    // Not disabled but said so: a disabled button loses the focus that is on it.
    set(
      this.send,
      'aria-disabled',
      this.input.value.trim() === '' || this.input.disabled ? 'true' : undefined,
    );
  }

  private grow(): void {
    this.input.style.height = 'auto';
    this.input.style.height = `${Math.min(this.input.scrollHeight, 132)}px`;
  }

  private scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    this.stick = scrollHeight - scrollTop - clientHeight < near;
    if (this.stick) this.latest.hidden = true;
  }

  private toEnd(): void {
    this.stick = true;
    this.latest.hidden = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  private keys(e: KeyboardEvent): void {
    if (e.key === 'Escape') {
      e.stopPropagation();
      this.close();
    } else if (e.key === 'Tab' && this.node.getAttribute('aria-modal') === 'true') {
      this.trap(e);
    }
  }

  /** trap keeps Tab inside while the panel covers the page. */
  private trap(e: KeyboardEvent): void {
    const reachable = [...this.node.querySelectorAll<HTMLElement>('button, textarea, a[href]')].filter(
      (n) => !n.hidden && !(n as HTMLButtonElement).disabled && n.closest('[hidden]') === null,
    );
    const [first, last] = [reachable[0], reachable.at(-1)];
    const active = (this.node.getRootNode() as ShadowRoot).activeElement;
    const leaving = e.shiftKey ? active === first || active === this.node : active === last;
    if (!leaving) return;
    e.preventDefault();
    (e.shiftKey ? last : first)?.focus();
  }
}

function hereWords(online: number): string {
  if (online === 0) return 'The team is away';
  return online === 1 ? '1 person is here' : `${online} people are here`;
}
