import type { Outgoing } from './keep';
import type { Choice, Entry } from './protocol';
import type { Thread } from './thread';
import { dayWords } from './time';

/** A message as it is shown. */
export interface MessageItem {
  kind: 'message';
  key: string;
  author: Entry['author'];
  name: string;
  text: string;
  at: string;
  /** First and last of a run by the same author: they carry the name and the time. */
  first: boolean;
  last: boolean;
  state: 'sending' | 'sent' | 'failed' | '';
  why: string;
  /** Buttons under it; chosen is the one that was taken. Open ones can be pressed. */
  choices: Choice[];
  chosen: string;
  open: boolean;
}

export type Item =
  | { kind: 'day'; key: string; words: string }
  | { kind: 'closed'; key: string }
  | MessageItem;

/** How far apart messages of one run may be. */
const runGap = 5 * 60_000;

/** items lays out a thread: days, runs of messages, and the end of a conversation. */
export function items(thread: Thread, now: Date): Item[] {
  const out: Item[] = [];
  const all = [...thread.entries, ...thread.outgoing];
  let day = '';
  all.forEach((m, i) => {
    const words = dayWords(new Date(m.at), now);
    if (words !== day) {
      day = words;
      out.push({ kind: 'day', key: `day ${words}`, words });
    }
    out.push(message(thread, all, i, now));
  });
  if (thread.status === 'resolved' && thread.outgoing.length === 0 && all.length > 0) {
    out.push({ kind: 'closed', key: `closed ${thread.conversation}` });
  }
  return out;
}

function message(thread: Thread, all: (Entry | Outgoing)[], i: number, now: Date): MessageItem {
  const m = all[i]!;
  const entry = 'author' in m ? m : undefined;
  const own = !entry || entry.author === 'contact';
  const chosen = entry ? (thread.answer(entry.id) ?? '') : '';
  // An offer that was passed over is not an offer any more: its buttons go.
  const current =
    i === thread.entries.length - 1 && thread.outgoing.length === 0 && thread.status !== 'resolved';
  const failed = entry ? undefined : (m as Outgoing).failed;
  const choices = entry && (chosen || current) ? (entry.choices ?? []) : [];
  return {
    kind: 'message',
    // The client's id outlives acceptance, so the message keeps its place on the screen.
    key: entry?.client_id || m.id,
    author: entry?.author ?? 'contact',
    name: entry?.name ?? '',
    text: m.text,
    at: m.at,
    first: i === 0 || !joined(all[i - 1]!, m, now),
    last: i === all.length - 1 || !joined(m, all[i + 1]!, now),
    state: own ? (entry ? 'sent' : failed === undefined ? 'sending' : 'failed') : '',
    why: failed ?? '',
    choices,
    chosen,
    open: choices.length > 0 && current && !chosen,
  };
}

function joined(a: Entry | Outgoing, b: Entry | Outgoing, now: Date): boolean {
  const by = (m: Entry | Outgoing) => ('author' in m ? `${m.author} ${m.name ?? ''}` : 'contact ');
  const [from, to] = [new Date(a.at), new Date(b.at)];
  const close = to.getTime() - from.getTime() < runGap && dayWords(from, now) === dayWords(to, now);
  return by(a) === by(b) && close;
}
