import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveConnection, type LiveState, waitBefore } from './connection';

class Socket {
  static all: Socket[] = [];
  onopen = () => {};
  onclose = (_: { code: number }) => {};
  onmessage = (_: { data: string }) => {};
  closed = false;
  constructor(readonly url: string) {
    Socket.all.push(this);
  }
  close() {
    this.closed = true;
    this.onclose({ code: 1000 });
  }
}

function setup() {
  const states: LiveState[] = [];
  const lives: boolean[] = [];
  const news: unknown[] = [];
  const onSignedOut = vi.fn();
  const connection = new LiveConnection({
    url: 'ws://usher/api/v1/live',
    onNews: (n) => news.push(n),
    onLive: (again) => lives.push(again),
    onState: (s) => states.push(s),
    onSignedOut,
    random: () => 1,
  });
  connection.start();
  return { connection, states, lives, news, onSignedOut, last: () => Socket.all.at(-1)! };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', Socket);
  Socket.all = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the live connection', () => {
  it('comes back by itself and says that it was away', () => {
    const { states, lives, last, connection } = setup();
    last().onopen();
    last().onclose({ code: 1006 });
    vi.advanceTimersByTime(500);
    expect(Socket.all).toHaveLength(2);
    last().onopen();
    expect(states).toEqual(['connecting', 'live', 'lost', 'live']);
    expect(lives).toEqual([false, true]);
    connection.stop();
  });
  it('says that it was away when it took more than one try to come up', () => {
    const { lives, last, connection } = setup();
    last().onclose({ code: 1006 });
    vi.advanceTimersByTime(500);
    last().onopen();
    expect(lives).toEqual([true]);
    connection.stop();
  });
  it('tries at once when the network returns', () => {
    const { last, connection } = setup();
    last().onclose({ code: 1006 });
    window.dispatchEvent(new Event('online'));
    expect(Socket.all).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(Socket.all).toHaveLength(2); // the waiting try was called off
    connection.stop();
  });
  it('passes news on and lets through nothing that is not JSON', () => {
    const { news, last, connection } = setup();
    last().onmessage({ data: '{"type":"views"}' });
    last().onmessage({ data: 'hello' });
    expect(news).toEqual([{ type: 'views' }]);
    connection.stop();
  });
  it('says when the server knows nobody here any more', () => {
    const { last, connection, onSignedOut } = setup();
    last().onclose({ code: 1012 });
    expect(onSignedOut).not.toHaveBeenCalled();
    vi.advanceTimersByTime(500);
    last().onclose({ code: 4401 });
    expect(onSignedOut).toHaveBeenCalledOnce();
    connection.stop();
  });
  it('stays closed when stopped', () => {
    const { connection, last } = setup();
    connection.stop();
    vi.advanceTimersByTime(60_000);
    expect(last().closed).toBe(true);
    expect(Socket.all).toHaveLength(1);
  });
  it('waits longer after each failure, up to a bound, and never the same for all', () => {
    expect([0, 1, 2, 10].map((n) => waitBefore(n, () => 1))).toEqual([500, 1000, 2000, 15_000]);
    expect(waitBefore(10, () => 0)).toBe(7500);
  });
});
