import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Chat } from './chat';
import type { User } from './protocol';
import { entry, FakeSocket } from './test/socket';

let chats: Chat[] = [];

function open(user?: User): Chat {
  const chat = new Chat({
    url: 'ws://usher/widget/ws',
    inbox: 'web',
    user,
    storage: localStorage,
    changed: () => {},
  });
  chats.push(chat);
  return chat;
}

function connected(): { chat: Chat; socket: FakeSocket } {
  const chat = open();
  chat.connect();
  FakeSocket.last.welcome();
  return { chat, socket: FakeSocket.last };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  FakeSocket.all = [];
  localStorage.clear();
});

afterEach(() => {
  for (const c of chats) c.stop();
  chats = [];
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('sending', () => {
  test('a message goes out once and is an entry when accepted', () => {
    const { chat, socket } = connected();
    expect(chat.say('hello')).toBeUndefined();
    const [sent] = socket.messages();
    expect(sent?.text).toBe('hello');
    socket.say({ type: 'accepted', id: sent!.id, message_id: 'm1', conversation: 'c1', seq: 1 });
    expect(chat.thread.outgoing).toEqual([]);
    expect(chat.thread.entries.map((e) => e.id)).toEqual(['m1']);
    expect(open().thread.outgoing).toEqual([]);
  });

  test('messages go one by one, in order', () => {
    const { chat, socket } = connected();
    chat.say('one');
    chat.say('two');
    expect(socket.messages().map((m) => m.text)).toEqual(['one']);
    socket.say({
      type: 'accepted',
      id: socket.messages()[0]!.id,
      message_id: 'm1',
      conversation: 'c1',
      seq: 1,
    });
    expect(socket.messages().map((m) => m.text)).toEqual(['one', 'two']);
  });

  test('what was not accepted is sent again under the same id after a lost connection', () => {
    const { chat, socket } = connected();
    chat.say('hello');
    const id = socket.messages()[0]!.id;
    socket.end();
    expect(chat.link).toBe('off');
    vi.advanceTimersByTime(500);
    const next = FakeSocket.last;
    expect(next).not.toBe(socket);
    next.welcome();
    expect(next.messages().map((m) => m.id)).toEqual([id]);
    expect(next.sent[0]).toMatchObject({ type: 'hello', visitor: 'token-1' });
  });

  test('what was accepted before the connection broke is not sent again', () => {
    const { chat, socket } = connected();
    chat.say('hello');
    const id = socket.messages()[0]!.id;
    socket.end();
    vi.advanceTimersByTime(500);
    FakeSocket.last.welcome([entry(1, { author: 'contact', client_id: id, text: 'hello' })], 'open');
    expect(FakeSocket.last.messages()).toEqual([]);
    expect(chat.thread.outgoing).toEqual([]);
    expect(chat.thread.entries).toHaveLength(1);
  });

  test('what is written without a connection outlives the page', () => {
    const { chat, socket } = connected();
    socket.end();
    chat.say('written in a tunnel');
    chat.stop();
    const later = open();
    expect(later.known).toBe(true);
    later.connect();
    FakeSocket.last.welcome();
    expect(FakeSocket.last.messages().map((m) => m.text)).toEqual(['written in a tunnel']);
    expect(FakeSocket.last.sent[0]).toMatchObject({ visitor: 'token-1' });
  });

  test('a server that does not answer counts as gone', () => {
    const { chat, socket } = connected();
    chat.say('hello');
    vi.advanceTimersByTime(15_000);
    expect(chat.link).toBe('off');
    vi.advanceTimersByTime(500);
    expect(FakeSocket.last).not.toBe(socket);
  });

  test('a refusal with a time to wait is tried again by itself', () => {
    const { chat, socket } = connected();
    chat.say('one');
    const id = socket.messages()[0]!.id;
    socket.say({ type: 'refused', id, field: 'text', remedy: 'wait', retry: 2 });
    chat.say('two');
    vi.advanceTimersByTime(1_999);
    expect(socket.messages()).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(socket.messages().map((m) => m.id)).toEqual([id, id]);
  });

  test('a refusal for good is shown, kept, and lets the next one pass', () => {
    const { chat, socket } = connected();
    chat.say('bad');
    chat.say('good');
    const id = socket.messages()[0]!.id;
    socket.say({ type: 'refused', id, field: 'text', remedy: 'is odd; write it otherwise' });
    expect(chat.thread.outgoing[0]?.failed).toBe('Text is odd; write it otherwise.');
    expect(socket.messages().map((m) => m.text)).toEqual(['bad', 'good']);
    expect(open().thread.outgoing[0]?.failed).toBeDefined();
    chat.discard(id);
    expect(open().thread.outgoing.map((m) => m.text)).toEqual(['good']);
  });

  test('a failed message can be tried again', () => {
    const { chat, socket } = connected();
    chat.say('hello');
    const id = socket.messages()[0]!.id;
    socket.say({ type: 'refused', id, field: 'text', remedy: 'is odd' });
    chat.again(id);
    expect(socket.messages().map((m) => m.id)).toEqual([id, id]);
  });

  test('what cannot be sent is said before it is queued', () => {
    const { chat } = connected();
    expect(chat.say(' \n ')).toMatch(/write/i);
    expect(chat.say('é'.repeat(32769))).toMatch(/too long by 2/);
    expect(chat.thread.outgoing).toEqual([]);
    for (let i = 0; i < 50; i++) expect(chat.say(`m${i}`)).toBeUndefined();
    expect(chat.say('one more')).toMatch(/too many/i);
  });

  test('a choice names the entry that offered it', () => {
    const { chat, socket } = connected();
    chat.say('No', 'no', 'e7');
    expect(socket.messages()[0]).toMatchObject({ text: 'No', choice: 'no', answers: 'e7' });
  });
});

describe('who is talking', () => {
  test('a visitor who only looked is not remembered', () => {
    connected();
    expect(open().known).toBe(false);
  });

  test('a visitor who wrote is', () => {
    const { chat } = connected();
    chat.say('hello');
    expect(open().known).toBe(true);
  });

  test('an identified person sends who they are, never a token, and has a queue of their own', () => {
    connected().chat.say('as a visitor');
    const user = { id: '42', hash: 'aa' };
    const chat = open(user);
    expect(chat.thread.outgoing).toEqual([]);
    chat.connect();
    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toEqual([{ type: 'hello', inbox: 'web', user }]);
  });

  test('a refused signature ends it and says so', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const chat = open({ id: '42', hash: 'aa' });
    chat.connect();
    FakeSocket.last.open();
    FakeSocket.last.say({ type: 'refused', field: 'user.hash', remedy: 'does not sign this user.id' });
    FakeSocket.last.end(4403);
    vi.advanceTimersByTime(120_000);
    expect(chat.link).toBe('refused');
    expect(FakeSocket.all).toHaveLength(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('user.hash'));
  });

  test('a token that is not known is dropped, and the next hello asks for another', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { chat } = connected();
    chat.say('hello');
    chat.stop();
    const later = open();
    later.connect();
    FakeSocket.last.open();
    FakeSocket.last.say({ type: 'refused', field: 'visitor', remedy: 'is not a token of ours' });
    FakeSocket.last.end(4403);
    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toEqual([{ type: 'hello', inbox: 'web' }]);
    expect(later.link).not.toBe('refused');
  });
});

describe('reading', () => {
  test('what arrives is delivered, and read once the person looks', () => {
    const { chat, socket } = connected();
    socket.say({ type: 'entry', entry: entry(2) });
    expect(socket.sent.filter((f) => f.type === 'seen')).toEqual([
      { type: 'seen', conversation: 'c1', seq: 2, state: 'delivered' },
    ]);
    expect(chat.unread).toBe(1);
    chat.watch(true);
    chat.watch(true);
    expect(socket.sent.filter((f) => f.type === 'seen').at(-1)).toMatchObject({ seq: 2, state: 'read' });
    expect(socket.sent.filter((f) => f.type === 'seen')).toHaveLength(2);
    expect(chat.unread).toBe(0);
  });

  test('an entry that comes twice is there once', () => {
    const { chat, socket } = connected();
    socket.say({ type: 'entry', entry: entry(2) });
    socket.say({ type: 'entry', entry: entry(2) });
    expect(chat.thread.entries).toHaveLength(1);
  });

  test('the draft outlives the page', () => {
    const { chat } = connected();
    chat.draft = 'half a thou';
    expect(open().draft).toBe('half a thou');
  });
});
