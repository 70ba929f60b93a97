// What a thread shows, from its entries: day breaks, the mark of what is new, folded activities, and who speaks on.
import type { Message } from '@/api/shapes';
import { sameDay } from '@/parts/time';

export type Line =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'new'; key: string }
  | { kind: 'activities'; key: string; items: Message[] }
  | {
      kind: 'message';
      key: string;
      message: Message /** The same person goes on within minutes. */;
      goesOn: boolean;
    };

const onward = 5 * 60_000;

function speaksOn(before: Message | undefined, m: Message): boolean {
  if (!before || before.kind !== m.kind || before.author !== m.author || m.author === 'automatic')
    return false;
  if (before.author_name !== m.author_name) return false;
  return new Date(m.created_at).getTime() - new Date(before.created_at).getTime() < onward;
}

/** Lines of a thread. `seen` is the last sequence that was on the screen before; 0 puts no mark. */
export function lines(items: readonly Message[], seen: number): Line[] {
  const out: Line[] = [];
  let before: Message | undefined;
  let marked = seen === 0;
  for (const m of items) {
    if (!before || !sameDay(before.created_at, m.created_at)) {
      out.push({ kind: 'day', key: `day ${m.seq}`, at: m.created_at });
    }
    if (!marked && m.seq > seen && m.kind !== 'activity') {
      marked = true;
      // A mark above everything, or above one's own words, says nothing.
      if (before && m.author !== 'agent') out.push({ kind: 'new', key: 'new' });
    }
    const last = out.at(-1);
    if (m.kind !== 'activity') {
      const goesOn = last?.kind === 'message' && speaksOn(last.message, m);
      out.push({ kind: 'message', key: m.id, message: m, goesOn });
    } else if (last?.kind === 'activities') {
      last.items.push(m);
    } else {
      out.push({ kind: 'activities', key: `activities ${m.seq}`, items: [m] });
    }
    before = m;
  }
  return out;
}

/** More activities in a row than this are folded. */
export const foldAbove = 3;
