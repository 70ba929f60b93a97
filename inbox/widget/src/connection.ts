import { type BrowserFrame, parseFrame, type ServerFrame } from './protocol';

export interface ConnectionEvents {
  /** The socket is open: say hello. */
  open(): void;
  frame(frame: ServerFrame): void;
  /** The connection is lost; it comes back by itself unless over is true. */
  lost(over: boolean): void;
}

/** Close codes after which coming back as we are is pointless. */
const finalCodes = new Set([4400, 4403]);
const serverRestarts = 1012;
const tooMuch = 1013;

const pingEvery = 30_000;
const pongWithin = 10_000;

/** wait is how long to stay away after the nth failure in a row: doubling, with jitter, half a minute at most. */
export function wait(failures: number, code: number, random: () => number): number {
  if (code === serverRestarts && failures <= 1) return 200 + 1800 * random();
  const floor = code === tooMuch ? 3000 : 500;
  const full = Math.min(30_000, floor * 2 ** Math.max(0, failures - 1));
  return full / 2 + (full / 2) * random();
}

/** Connection is one WebSocket that comes back. It knows frames, not what they mean. */
export class Connection {
  private socket: WebSocket | undefined;
  private timer: number | undefined;
  private heartbeat: number | undefined;
  private failures = 0;
  private stopped = true;

  constructor(
    private readonly url: string,
    private readonly events: ConnectionEvents,
  ) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    window.addEventListener('online', this.retryNow);
    document.addEventListener('visibilitychange', this.probe);
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener('online', this.retryNow);
    document.removeEventListener('visibilitychange', this.probe);
    this.clear();
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }

  send(frame: BrowserFrame): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  /** welcomed says that the server took us in: the next failure is the first again. */
  welcomed(): void {
    this.failures = 0;
  }

  /** restart drops a connection that seems dead. */
  restart(): void {
    const socket = this.socket;
    if (!socket) return;
    this.socket = undefined;
    socket.close();
    this.lost(0);
  }

  private connect(): void {
    this.clear();
    const socket = new WebSocket(this.url);
    this.socket = socket;
    const mine = (do_: () => void) => () => {
      if (this.socket === socket) do_();
    };
    this.timer = window.setTimeout(
      mine(() => this.restart()),
      15_000,
    );
    socket.onopen = mine(() => {
      this.beat();
      this.events.open();
    });
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.beat();
      const frame = parseFrame(event.data);
      if (frame) this.events.frame(frame);
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.lost(event.code);
    };
  }

  private lost(code: number): void {
    this.clear();
    if (this.stopped) return;
    this.failures++;
    const over = finalCodes.has(code);
    if (over) this.stop();
    else this.timer = window.setTimeout(() => this.connect(), wait(this.failures, code, Math.random));
    this.events.lost(over);
  }

  /** beat notes a sign of life, and asks for the next after a while. */
  private beat(): void {
    this.clear();
    this.heartbeat = window.setTimeout(() => this.ask(), pingEvery);
  }

  private ask(): void {
    this.clear();
    this.send({ type: 'ping' });
    this.timer = window.setTimeout(() => this.restart(), pongWithin);
  }

  /** probe asks at once when the page comes back to the front: the device may have slept. */
  private readonly probe = (): void => {
    if (document.visibilityState !== 'visible') return;
    if (this.socket?.readyState === WebSocket.OPEN) this.ask();
    else if (!this.socket) this.retryNow();
  };

  private readonly retryNow = (): void => {
    if (!this.stopped && !this.socket) this.connect();
  };

  private clear(): void {
    clearTimeout(this.timer);
    clearTimeout(this.heartbeat);
  }
}
