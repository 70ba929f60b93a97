import { describe, expect, it } from 'vitest';
import { message } from '@/test/shapes';
import { catchUp, completeTo, lookBack, merge, noEntries, refetchAfter } from './entries';

const entries = (...seqs: number[]) => merge(noEntries, part(...seqs));
const part = (...seqs: number[]) => ({
  items: seqs.map((seq) => message({ seq })),
  last_seq: Math.max(0, ...seqs),
});

/** A server with entries 1 to n that answers like the API and remembers what it was asked. */
function server(n: number, page = 1000) {
  const asked: string[] = [];
  const fetch = async (q: { after?: number; before?: number; limit: number }) => {
    asked.push(q.after !== undefined ? `after ${q.after}` : `before ${q.before}`);
    const all = Array.from({ length: n }, (_, i) => i + 1);
    const limit = Math.min(q.limit, page);
    const seqs =
      q.before !== undefined
        ? all.filter((s) => s < q.before!).slice(-limit)
        : all.filter((s) => s > q.after!).slice(0, limit);
    return { items: seqs.map((seq) => message({ seq })), last_seq: n };
  };
  return { fetch, asked };
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
    const now = await lookBack(await catchUp(undefined, s.fetch), s.fetch);
    expect(seqs(now)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
    expect(await lookBack(now, s.fetch)).toBe(now);
  });
});
