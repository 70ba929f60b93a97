import type { Chat } from '../chat';
import { accent } from '../colour';
import { el, icon, set, write } from './dom';
import { Panel } from './panel';
import styles from './widget.css?inline';

export interface Looks {
  side: 'left' | 'right';
  /** Pixels from the bottom and the side of the window. */
  offset: number;
  theme: string;
  font: string;
  /** False when the page opens the chat from a control of its own. */
  launcher: boolean;
}

const phone = '(max-width: 480px)';

/** Widget is everything on the page: the launcher, the panel, and what screen readers are told while it is closed. */
export class Widget {
  private readonly host = el('div', { 'data-usher': true });
  private readonly root = el('div', { class: 'root' });
  private readonly launcher = el('button', {
    type: 'button',
    class: 'launcher',
    'aria-haspopup': 'dialog',
    'aria-controls': 'panel',
  });
  private readonly badge = el('span', { class: 'badge', 'aria-hidden': 'true', hidden: true });
  private readonly news = el('div', { class: 'sr', role: 'status' });
  private readonly panel: Panel;
  private readonly dark = window.matchMedia('(prefers-color-scheme: dark)');
  private readonly small = window.matchMedia(phone);
  private opened = false;
  private accented = '';
  private cameFrom: Element | null = null;

  constructor(
    private chat: Chat,
    private readonly looks: Looks,
  ) {
    this.panel = new Panel(chat, () => this.close());
    this.launcher.append(icon('chat', 24), icon('down', 24), this.badge);
    this.launcher.addEventListener('click', () => (this.opened ? this.close() : this.open()));
    this.root.append(this.panel.node, this.launcher, this.news);
    set(this.root, 'data-side', looks.side);
    set(this.root, 'data-launcher', String(looks.launcher));
    this.root.style.setProperty('--offset', `${looks.offset}px`);
    this.attach();
    this.dark.addEventListener('change', () => this.theme());
    new MutationObserver(() => this.theme()).observe(document.documentElement, {
      attributeFilter: ['data-theme'],
    });
    document.addEventListener('visibilitychange', () => this.watch());
    window.visualViewport?.addEventListener('resize', () => this.fit());
    this.render();
  }

  /** show changes who is talking. */
  show(chat: Chat): void {
    this.chat = chat;
    this.panel.show(chat);
    if (this.opened) chat.connect();
    this.render();
  }

  /** open shows the panel. A draft is put into the input, for the person to send. */
  open(draft = ''): void {
    if (draft) this.chat.draft = draft;
    if (this.opened) {
      if (draft) this.panel.open(this.small.matches);
      return;
    }
    this.opened = true;
    this.cameFrom = document.activeElement;
    this.chat.connect();
    set(this.root, 'data-open', true);
    this.panel.open(this.small.matches);
    this.fit();
    this.watch();
    this.render();
  }

  close(): void {
    if (!this.opened) return;
    this.opened = false;
    set(this.root, 'data-open', false);
    this.panel.hide();
    this.watch();
    this.render();
    if (this.looks.launcher) this.launcher.focus({ preventScroll: true });
    else if (this.cameFrom instanceof HTMLElement) this.cameFrom.focus({ preventScroll: true });
  }

  render(): void {
    const { unread, site } = this.chat;
    if (this.opened) this.panel.render();
    const count = this.opened ? 0 : unread;
    this.badge.hidden = count === 0;
    write(this.badge, count > 9 ? '9+' : String(count));
    const words = count === 1 ? '1 new message' : `${count} new messages`;
    set(
      this.launcher,
      'aria-label',
      this.opened ? 'Close chat' : count ? `Open chat, ${words}` : 'Open chat',
    );
    set(this.launcher, 'aria-expanded', String(this.opened));
    write(this.news, count ? `${words}${site.company ? ` from ${site.company}` : ''}` : '');
    if (site.accent !== this.accented) this.tint(site.accent);
  }

  private attach(): void {
    const shadow = this.host.attachShadow({ mode: 'open' });
    try {
      // A constructed sheet works under a strict content security policy; a style element would not.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(styles);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      shadow.append(el('style', {}, styles));
    }
    shadow.append(this.root);
    document.body.append(this.host);
    this.root.style.setProperty('--font', this.looks.font || pageFont());
    this.theme();
  }

  private theme(): void {
    const named = this.looks.theme || document.documentElement.dataset.theme || '';
    const theme = named === 'dark' || named === 'light' ? named : this.dark.matches ? 'dark' : 'light';
    set(this.root, 'data-theme', theme);
  }

  private tint(colour: string): void {
    this.accented = colour;
    const a = accent(colour);
    if (!a) return;
    for (const role of ['accent', 'accent-hover', 'own']) this.root.style.setProperty(`--${role}`, a.fill);
    for (const role of ['on-accent', 'on-own']) this.root.style.setProperty(`--${role}`, a.on);
  }

  private watch(): void {
    this.chat.watch(this.opened && document.visibilityState === 'visible');
  }

  /** fit keeps the composer above a phone's keyboard. */
  private fit(): void {
    const height = window.visualViewport?.height;
    if (this.small.matches && height) this.root.style.setProperty('--height', `${height}px`);
    else this.root.style.removeProperty('--height');
  }
}

/** pageFont is the page's own font; a page that sets none gets the system's. */
function pageFont(): string {
  const font = getComputedStyle(document.body).fontFamily;
  return !font || /^"?times( new roman)?"?$/i.test(font) ? 'system-ui, sans-serif' : font;
}
