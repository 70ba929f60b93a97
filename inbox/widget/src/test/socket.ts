import type { BrowserFrame, Entry, ServerFrame } from '../protocol';

/** FakeSocket stands for the browser's WebSocket: the test is the server. */
export class FakeSocket {
  static OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: BrowserFrame[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error('nobody has connected');
    return socket;
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as BrowserFrame);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  end(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  messages(): Extract<BrowserFrame, { type: 'message' }>[] {
    return this.sent.filter((f) => f.type === 'message');
  }

  /** welcome opens the socket and takes the browser in. */
  welcome(entries: Entry[] = [], status = ''): void {
    this.open();
    this.say({
      type: 'welcome',
      visitor: 'token-1',
      company: 'Acme',
      conversation: entries.at(-1)?.conversation,
      status,
      entries,
      people: { online: 1, away: false, words: 'A person usually answers within 5 minutes.' },
    });
  }
}

export function entry(seq: number, more: Partial<Entry> = {}): Entry {
  return {
    id: `e${seq}`,
    conversation: 'c1',
    seq,
    author: 'agent',
    name: 'Maya',
    text: `text ${seq}`,
    at: '2026-03-03T10:00:00Z',
    ...more,
  };
}
