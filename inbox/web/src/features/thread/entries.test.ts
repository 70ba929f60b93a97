import { describe, expect, it } from 'vitest';
import { message } from '@/test/shapes';
import { catchUp, completeTo, type Entries, join, lookBack, merge, noEntries, refetchAfter } from './entries';

const entries = (...seqs: number[]) => merge(noEntries, part(...seqs));
const part = (...seqs: number[]) => ({
  items: seqs.map((seq) => message({ seq })),
  last_seq: Math.max(0, ...seqs),
});

/** A server with entries 1 to n that answers like the API and remembers what it was asked. */
function server(n: number, page = 1000) {
  const asked: string[] = [];
  const all = Array.from({ length: n }, (_, i) => message({ seq: i + 1 }));
  const fetch = async (q: { after?: number; before?: number; limit: number }) => {
    asked.push(q.after !== undefined ? `after ${q.after}` : `before ${q.before}`);
    const limit = Math.min(q.limit, page);
    const items =
      q.before !== undefined
        ? all.filter((m) => m.seq < q.before!).slice(-limit)
        : all.filter((m) => m.seq > q.after!).slice(0, limit);
    return { items, last_seq: n };
  };
  return { fetch, asked, all };
}

const seqs = (e: { items: { seq: number }[] }) => e.items.map((m) => m.seq);

describe('merge', () => {
  it('keeps entries in order and each once, whatever the order of arrival', () => {
    expect(seqs(merge(entries(1, 2, 5), part(4, 2, 3)))).toEqual([1, 2, 3, 4, 5]);
  });
  it('takes the newer mark of an entry that is already held', () => {
    const held = merge(noEntries, {
      items: [message({ seq: 1, kind: 'outbound', delivery: 'pending' })],
      last_seq: 1,
    });
    const now = merge(held, {
      items: [message({ seq: 1, kind: 'outbound', delivery: 'read' })],
      last_seq: 1,
    });
    expect(now.items[0]?.delivery).toBe('read');
  });
  it('never goes back in what it knows of the end', () => {
    expect(merge(entries(1, 9), part(2)).lastSeq).toBe(9);
  });
});

describe('holes', () => {
  it('are found behind the last complete entry', () => {
    expect(completeTo(entries(4, 5, 8, 9))).toBe(5);
    expect(completeTo(entries(1, 2, 3))).toBe(3);
    expect(completeTo(noEntries)).toBe(0);
  });
  it('are filled: the next fetch asks from before the hole', async () => {
    const s = server(9);
    expect(seqs(await catchUp(entries(4, 5, 8), s.fetch))).toEqual([4, 5, 6, 7, 8, 9]);
    expect(s.asked).toEqual(['after 5']);
  });
  it('are filled page by page when many entries were missed', async () => {
    const s = server(40, 10);
    const now = await catchUp(entries(1, 2), s.fetch);
    expect(now.items).toHaveLength(40);
    expect(s.asked).toEqual(['after 2', 'after 12', 'after 22', 'after 32']);
  });
});

describe('refetchAfter', () => {
  it('goes back to the first answer whose delivery may still change', () => {
    const held = merge(entries(1, 3), {
      items: [message({ seq: 2, kind: 'outbound', delivery: 'pending' })],
      last_seq: 3,
    });
    expect(refetchAfter(held)).toBe(1);
  });
  it('does not ask again for answers that were delivered', () => {
    const held = merge(entries(1, 3), {
      items: [message({ seq: 2, kind: 'outbound', delivery: 'delivered' })],
      last_seq: 3,
    });
    expect(refetchAfter(held)).toBe(3);
  });
});

describe('opening and looking back', () => {
  it('opens with the last entries', async () => {
    const now = await catchUp(undefined, server(250).fetch);
    expect(now.items).toHaveLength(100);
    expect(now.items.at(-1)?.seq).toBe(250);
  });
  it('joins the page before, and stops at the first entry', async () => {
    const s = server(120);
    const held = await catchUp(undefined, s.fetch);
    const now = merge(held, (await lookBack(held, s.fetch))!);
    expect(seqs(now)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
    expect(await lookBack(now, s.fetch)).toBeUndefined();
  });
});

describe('doubted entries', () => {
  const doubted = (...seqs: number[]): Entries => ({ ...entries(...seqs), doubted: true });
  it('give way to the last page of a server that lost its last moments', async () => {
    const held = doubted(1, 2, 3, 4, 5);
    const s = server(3);
    s.all[2] = message({ seq: 3, id: 'another', text: 'Hello?' });
    const now = await catchUp(held, s.fetch);
    expect(seqs(now)).toEqual([1, 2, 3]);
    expect(now.items[2]?.text).toBe('Hello?');
    expect(now.lastSeq).toBe(3);
    expect(now.doubted).toBeUndefined();
    expect(s.asked).toHaveLength(1);
  });
  it('keep what is held before that page, and fill what lies between', async () => {
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const s = server(250);
    expect(seqs(await catchUp(doubted(...range(101, 180)), s.fetch))).toEqual(range(101, 250));
    expect(s.asked).toHaveLength(1);
    expect(seqs(await catchUp(doubted(...range(41, 90)), s.fetch))).toEqual(range(41, 250));
  });
  it('stay doubted until they were read anew', () => {
    expect(merge(doubted(2), part(1)).doubted).toBe(true);
  });
});

describe('what comes while a fetch is under way', () => {
  it('is kept, and what the fetch took away does not come back', () => {
    const before = entries(1, 2, 3);
    const now = merge(before, { items: [message({ seq: 4, id: 'sent' })], last_seq: 4 });
    expect(join(entries(1, 2), before, now).items.map((m) => m.id)).toEqual([
      ...entries(1, 2).items.map((m) => m.id),
      'sent',
    ]);
  });
});
