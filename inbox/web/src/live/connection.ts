/** Where the live connection stands. `lost` is said only after the first try has failed or a working one broke. */
export type LiveState = 'connecting' | 'live' | 'lost';

export type LiveOptions = {
  url: string;
  onNews: (news: unknown) => void;
  /** Called when the connection works; after a break or failed tries it is `again`, and what happened meanwhile has to be read anew. */
  onLive: (again: boolean) => void;
  onState: (state: LiveState) => void;
  /** Called when the server says that nobody is signed in any more. */
  onSignedOut: () => void;
  /** 0 to 1; given so that tests know the waits. */
  random?: () => number;
};

/** The server closes with it when the sign-in is over. */
const signInFirst = 4401;
const firstWait = 500;
const longestWait = 15_000;

/** How long to wait before a try: doubling, between half and all of it, so that many browsers do not come back at once. */
export function waitBefore(tries: number, random: () => number): number {
  const full = Math.min(longestWait, firstWait * 2 ** tries);
  return full / 2 + (full / 2) * random();
}

/** Keeps one WebSocket open until it is stopped. */
export class LiveConnection {
  private socket: WebSocket | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;
  private wasLive = false;
  private stopped = false;
  private readonly o: LiveOptions;

  constructor(o: LiveOptions) {
    this.o = o;
  }

  start() {
    this.stopped = false;
    window.addEventListener('online', this.retryNow);
    document.addEventListener('visibilitychange', this.retryWhenSeen);
    this.o.onState('connecting');
    this.open();
  }

  stop() {
    this.stopped = true;
    window.removeEventListener('online', this.retryNow);
    document.removeEventListener('visibilitychange', this.retryWhenSeen);
    clearTimeout(this.timer);
    this.socket?.close();
  }

  /** Tries at once instead of waiting on. */
  readonly retryNow = () => {
    if (this.stopped || this.socket) return;
    clearTimeout(this.timer);
    this.open();
  };

  private readonly retryWhenSeen = () => {
    if (document.visibilityState === 'visible') this.retryNow();
  };

  private open() {
    const socket = new WebSocket(this.o.url);
    this.socket = socket;
    socket.onopen = () => {
      const again = this.wasLive || this.tries > 0;
      this.tries = 0;
      this.o.onState('live');
      this.o.onLive(again);
      this.wasLive = true;
    };
    socket.onmessage = (e: MessageEvent<string>) => {
      const news = parse(e.data);
      if (news) this.o.onNews(news);
    };
    socket.onclose = (e: CloseEvent) => {
      if (this.socket === socket) this.socket = undefined;
      if (this.stopped) return;
      if (e.code === signInFirst) this.o.onSignedOut();
      this.o.onState('lost');
      this.timer = setTimeout(() => this.open(), waitBefore(this.tries++, this.o.random ?? Math.random));
    };
  }
}

function parse(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined; // not ours; a later version may say more than we understand
  }
}
