// The entries of one conversation as this browser holds them. Sequences of a conversation have no holes, so a hole
// here means that something was missed and has to be fetched.
import type { Message, Messages } from '@/api/shapes';

export type Entries = {
  /** In order of sequence, without repeats. */
  items: Message[];
  /** Where the conversation stands, as far as anybody told us. */
  lastSeq: number;
  /** Held since before the connection broke: the server may have lost its last moments, so its last page is read anew. */
  doubted?: boolean;
};

export const noEntries: Entries = { items: [], lastSeq: 0 };

/** What is held together with a part from the server; the part wins, for delivery marks change. */
export function merge(held: Entries, part: Messages): Entries {
  const bySeq = new Map(held.items.map((m) => [m.seq, m]));
  for (const m of part.items) bySeq.set(m.seq, m);
  const items = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  return { ...held, items, lastSeq: Math.max(held.lastSeq, part.last_seq, items.at(-1)?.seq ?? 0) };
}

/** The last sequence up to which nothing is missing, counted from the first entry held. */
export function completeTo(held: Entries): number {
  let seq = held.items[0]?.seq ?? 0;
  for (const m of held.items) {
    if (m.seq > seq + 1) break;
    seq = m.seq;
  }
  return seq;
}

const settled = new Set(['delivered', 'read', 'failed']);

/** How many of the last entries are looked at again for their delivery marks. */
const watched = 50;

/** After which sequence to ask again: before the first hole, and before the first recent mark that may still change. */
export function refetchAfter(held: Entries): number {
  const complete = completeTo(held);
  const open = held.items.slice(-watched).find((m) => m.kind === 'outbound' && !settled.has(m.delivery));
  return open ? Math.min(complete, open.seq - 1) : complete;
}

type Fetch = (query: { after?: number; before?: number; limit: number }) => Promise<Messages>;

const firstPage = 100;
const nextPage = 200;

/**
 * Entries of a conversation up to now: the last ones when none are held, else all that is missing or may have changed.
 * Of doubted ones the last page takes the place of what is held from there on, and the end is where the server says.
 */
export async function catchUp(held: Entries | undefined, fetch: Fetch): Promise<Entries> {
  if (!held?.items.length || held.doubted) {
    const end = await fetch({ before: Number.MAX_SAFE_INTEGER, limit: firstPage });
    const from = end.items[0]?.seq ?? 0;
    const kept = held?.items.filter((m) => m.seq < from) ?? [];
    const now = merge({ items: kept, lastSeq: 0 }, end);
    return completeTo(now) < from ? fill(now, fetch) : now;
  }
  return fill(held, fetch);
}

/** What is held with all that is missing behind it or may have changed. */
async function fill(held: Entries, fetch: Fetch): Promise<Entries> {
  let now = held;
  let after = refetchAfter(held);
  for (;;) {
    const part = await fetch({ after, limit: nextPage });
    now = merge(now, part);
    const last = part.items.at(-1)?.seq;
    if (last === undefined || last >= part.last_seq) return now;
    after = last;
  }
}

/** The page before the first entry held; undefined when there is none. */
export async function lookBack(held: Entries, fetch: Fetch): Promise<Messages | undefined> {
  const first = held.items[0];
  if (!first || first.seq <= 1) return undefined;
  return fetch({ before: first.seq, limit: firstPage });
}

/** What a fetch that began with `before` brought, with what came into the cache while it was under way. */
export function join(fetched: Entries, before: Entries | undefined, now: Entries | undefined): Entries {
  const known = new Set(before?.items.map((m) => m.id));
  const came = now?.items.filter((m) => !known.has(m.id)) ?? [];
  return merge({ items: came, lastSeq: 0 }, { items: fetched.items, last_seq: fetched.lastSeq });
}
