import { describe, expect, test } from 'vitest';
import { accent, contrast, parseColour } from './colour';
import { items, type MessageItem } from './items';
import { Keep, unread } from './keep';
import { parts } from './links';
import { clean, parseFrame } from './protocol';
import { entry } from './test/socket';
import { Thread } from './thread';
import { dayWords } from './time';

const now = new Date('2026-03-03T12:00:00Z');

function messages(thread: Thread): MessageItem[] {
  return items(thread, now).filter((i) => i.kind === 'message');
}

describe('thread', () => {
  test('a late entry finds its place by its sequence', () => {
    const t = new Thread([]);
    t.welcome([entry(1), entry(3), entry(1, { id: 'x1', conversation: 'c2' })], 'c2', 'open');
    t.add(entry(2));
    expect(t.entries.map((e) => e.id)).toEqual(['e1', 'e2', 'e3', 'x1']);
  });

  test('a welcome keeps what is older than it brings', () => {
    const t = new Thread([]);
    t.welcome([entry(1), entry(2)], 'c1', 'open');
    expect(t.welcome([entry(2), entry(3)], 'c1', 'open').map((e) => e.id)).toEqual(['e3']);
    expect(t.entries.map((e) => e.id)).toEqual(['e1', 'e2', 'e3']);
  });

  test('accepted after its own entry changes nothing', () => {
    const t = new Thread([{ id: 'a', text: 'hi', at: now.toISOString() }]);
    t.add(entry(1, { author: 'contact', client_id: 'a' }));
    t.accept('a', 'e1', 'c1', 1);
    expect(t.entries).toHaveLength(1);
    expect(t.outgoing).toEqual([]);
  });
});

describe('items', () => {
  const offer = entry(1, { author: 'automatic', choices: [{ value: 'yes', label: 'Yes' }] });

  test('an offer is open until it is answered, then shows what was chosen', () => {
    const t = new Thread([]);
    t.welcome([offer], 'c1', 'waiting');
    expect(messages(t)[0]).toMatchObject({ open: true, chosen: '' });
    t.queue({ id: 'a', text: 'Yes', choice: 'yes', answers: 'e1', at: offer.at });
    expect(messages(t)[0]).toMatchObject({ open: false, chosen: 'yes' });
  });

  test('an offer that was passed over is gone, and so is that of a closed conversation', () => {
    const t = new Thread([]);
    t.welcome([offer, entry(2)], 'c1', 'waiting');
    expect(messages(t)[0]?.choices).toEqual([]);
    t.welcome([offer], 'c1', 'resolved');
    expect(messages(t)[0]?.choices).toEqual([]);
  });

  test('runs carry one name; days and the end have lines of their own', () => {
    const t = new Thread([]);
    t.welcome(
      [entry(1, { at: '2026-03-01T10:00:00Z' }), entry(2), entry(3), entry(4, { author: 'automatic' })],
      'c1',
      'resolved',
    );
    expect(items(t, now).map((i) => i.kind)).toEqual([
      'day',
      'message',
      'day',
      'message',
      'message',
      'message',
      'closed',
    ]);
    expect(messages(t).map((m) => [m.first, m.last])).toEqual([
      [true, true],
      [true, false],
      [false, true],
      [true, true],
    ]);
  });

  test('a message keeps its key from sending to sent', () => {
    const t = new Thread([{ id: 'a', text: 'hi', at: now.toISOString() }]);
    const before = messages(t)[0]!;
    t.accept('a', 'e1', 'c1', 1);
    expect(messages(t)[0]).toMatchObject({ key: before.key, state: 'sent' });
    expect(before.state).toBe('sending');
  });
});

describe('links', () => {
  test.each([
    ['no link', [{ text: 'no link' }]],
    [
      'see https://a.example/x?y=1.',
      [{ text: 'see ' }, { text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' }, { text: '.' }],
    ],
    [
      '(https://a.example)',
      [{ text: '(' }, { text: 'https://a.example', href: 'https://a.example' }, { text: ')' }],
    ],
    ['https://a.example/x_(y)', [{ text: 'https://a.example/x_(y)', href: 'https://a.example/x_(y)' }]],
    ['javascript:alert(1) data:text/html,x', [{ text: 'javascript:alert(1) data:text/html,x' }]],
    ['https://', [{ text: 'https://' }]],
    [
      'http://a.example"onclick=x',
      [{ text: 'http://a.example', href: 'http://a.example' }, { text: '"onclick=x' }],
    ],
  ])('%s', (text, want) => {
    expect(parts(text)).toEqual(want);
    expect(
      parts(text)
        .map((p) => p.text)
        .join(''),
    ).toBe(text);
  });
});

describe('small parts', () => {
  test('days are named as people do', () => {
    const day = (s: string) => dayWords(new Date(s), now);
    expect(day('2026-03-03T08:00:00')).toBe('Today');
    expect(day('2026-03-02T23:59:00')).toBe('Yesterday');
    expect(day('2026-02-27T08:00:00')).toBe('Friday');
    expect(day('2026-02-01T08:00:00')).toBe('1 February');
    expect(day('2025-02-01T08:00:00')).toBe('1 February 2025');
  });

  test('any accent carries readable text', () => {
    for (const c of ['#000', '#fff', '#0f6e84', '#ffcc00', '#808080', '#767676', '#7f7f7f', '#ff0000']) {
      const a = accent(c)!;
      const on = a.on.match(/\d+/g)!.map(Number) as [number, number, number];
      expect(contrast(parseColour(c)!, on)).toBeGreaterThanOrEqual(4.5);
    }
    expect(accent('red; background: url(x)')).toBeUndefined();
  });

  test('what no database keeps is cleaned out', () => {
    expect(clean(' a\u0000b\r\nc\ud800 \u0007\ud83d\ude00 ')).toBe('ab\nc \ud83d\ude00');
  });

  test('frames that are none are undefined', () => {
    expect(parseFrame('{"type":"pong"}')).toEqual({ type: 'pong' });
    for (const bad of ['', 'x', '1', 'null', '{}', new ArrayBuffer(1)])
      expect(parseFrame(bad)).toBeUndefined();
  });

  test('unread counts from the newest entry seen', () => {
    const list = [entry(1), entry(2, { author: 'contact' }), entry(3)];
    expect(unread(list, undefined)).toBe(2);
    expect(unread(list, 'e1')).toBe(1);
    expect(unread(list, 'e3')).toBe(0);
  });

  test('a browser that forbids storage still keeps for this page', () => {
    const keep = new Keep('web', undefined, undefined);
    keep.put({ id: 'a', text: 'x', at: '' });
    expect(keep.read().queue).toHaveLength(1);
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('full');
      },
    } as unknown as Storage;
    expect(() => new Keep('web', undefined, full).put({ id: 'a', text: 'x', at: '' })).not.toThrow();
  });

  test('storage that holds nonsense is an empty one', () => {
    localStorage.setItem('usher.web', '{"queue":7');
    expect(new Keep('web', undefined, localStorage).read().queue).toEqual([]);
  });
});
