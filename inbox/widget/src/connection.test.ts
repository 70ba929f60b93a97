import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Connection, wait } from './connection';
import { FakeSocket } from './test/socket';

const events = { open: vi.fn(), frame: vi.fn(), lost: vi.fn() };
let connection: Connection;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.clearAllMocks();
  FakeSocket.all = [];
  connection = new Connection('ws://usher/widget/ws', events);
  connection.start();
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('waits grow, are spread, and end at half a minute', () => {
  expect(wait(1, 1006, () => 0)).toBe(250);
  expect(wait(1, 1006, () => 1)).toBe(500);
  expect(wait(4, 1006, () => 1)).toBe(4000);
  expect(wait(50, 1006, () => 1)).toBe(30_000);
  expect(wait(1, 1012, () => 1)).toBeLessThanOrEqual(2000);
  expect(wait(1, 1013, () => 0)).toBe(1500);
});

test('a silent connection is pinged and given up', () => {
  FakeSocket.last.open();
  vi.advanceTimersByTime(30_000);
  expect(FakeSocket.last.sent).toEqual([{ type: 'ping' }]);
  vi.advanceTimersByTime(10_000);
  expect(events.lost).toHaveBeenCalledWith(false);
});

test('a pong keeps it', () => {
  FakeSocket.last.open();
  vi.advanceTimersByTime(30_000);
  FakeSocket.last.say({ type: 'pong' });
  vi.advanceTimersByTime(10_000);
  expect(events.lost).not.toHaveBeenCalled();
});

test('one that never opens is given up', () => {
  vi.advanceTimersByTime(15_000);
  expect(events.lost).toHaveBeenCalledWith(false);
});

test('the network coming back is tried at once', () => {
  FakeSocket.last.end();
  window.dispatchEvent(new Event('online'));
  expect(FakeSocket.all).toHaveLength(2);
});

test('a stopped one stays away', () => {
  FakeSocket.last.open();
  connection.stop();
  window.dispatchEvent(new Event('online'));
  vi.advanceTimersByTime(120_000);
  expect(FakeSocket.all).toHaveLength(1);
  expect(events.lost).not.toHaveBeenCalled();
});

test('what is no frame is passed by', () => {
  FakeSocket.last.open();
  FakeSocket.last.onmessage?.({ data: 'not json' });
  FakeSocket.last.onmessage?.({ data: '[1]' });
  expect(events.frame).not.toHaveBeenCalled();
});
