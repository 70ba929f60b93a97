import { Chat } from './chat';
import type { User } from './protocol';
import { type Looks, Widget } from './view/widget';

interface Settings {
  user?: User;
}

declare global {
  interface Window {
    /** What the page knows before the script runs. */
    usher?: Settings;
    /** What the page may call afterwards. */
    Usher?: {
      /** open shows the chat, with a draft for the person to send if one is given. */
      open(draft?: string): void;
      close(): void;
      /** identify says who is signed in on the page; null means nobody any more. */
      identify(user: User | null): void;
    };
  }
}

/** store is the page's storage, or undefined where the browser forbids it. */
function store(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

function looksFrom(script: HTMLScriptElement): Looks {
  const { side, offset, theme, font, launcher } = script.dataset;
  return {
    side: side === 'left' ? 'left' : 'right',
    offset: Math.max(0, Number(offset ?? 20) || 0),
    theme: theme ?? '',
    font: font ?? '',
    launcher: launcher !== 'none',
  };
}

function start(script: HTMLScriptElement): void {
  const server = new URL(script.src);
  const url = `${server.protocol === 'http:' ? 'ws:' : 'wss:'}//${server.host}${server.pathname.replace(/[^/]*$/, '')}widget/ws`;
  const inbox = script.dataset.inbox ?? 'web';
  let widget: Widget | undefined;
  const chatOf = (user: User | undefined) => {
    const chat = new Chat({ url, inbox, user, storage: store(), changed: () => widget?.render() });
    if (chat.known) chat.connect();
    return chat;
  };
  let user = window.usher?.user;
  let chat = chatOf(user);
  widget = new Widget(chat, looksFrom(script));
  const w = widget;
  window.Usher = {
    open: (draft) => w.open(draft),
    close: () => w.close(),
    identify(next) {
      if (next?.id === user?.id && next?.hash === user?.hash) return;
      user = next ?? undefined;
      chat.stop();
      chat = chatOf(user);
      w.show(chat);
    },
  };
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && !window.Usher) {
  if (document.body) start(script);
  else document.addEventListener('DOMContentLoaded', () => start(script), { once: true });
}
