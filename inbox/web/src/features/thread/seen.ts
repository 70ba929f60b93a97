// How far this agent has read each conversation, kept in this browser.
import { useSyncExternalStore } from 'react';
import type { Conversation } from '@/api/shapes';

const slot = 'usher.seen';
const kept = 1000;
const listeners = new Set<() => void>();

let seen: ReadonlyMap<string, number> = load();

function load(): Map<string, number> {
  try {
    return new Map(JSON.parse(localStorage.getItem(slot) ?? '[]') as [string, number][]);
  } catch {
    return new Map();
  }
}

/** Remembers that everything up to a sequence was on the screen; the longest unseen conversations are forgotten first. */
export function markSeen(conversation: string, seq: number) {
  if ((seen.get(conversation) ?? 0) >= seq) return;
  const next = new Map(seen);
  next.delete(conversation);
  next.set(conversation, seq);
  seen = new Map([...next].slice(-kept));
  localStorage.setItem(slot, JSON.stringify([...seen]));
  for (const tell of listeners) tell();
}

/** The last sequence seen, or 0. */
export const seenUpTo = (conversation: string): number => seen.get(conversation) ?? 0;

/** Unread: it is this agent's, the customer waits, and there is something that was not on the screen here. */
export const isUnread = (c: Conversation, me: string | undefined): boolean =>
  c.agent?.id === me && c.waiting_since !== null && c.last_seq > seenUpTo(c.id);

/** Renders again when something was read. */
export function useSeen(): ReadonlyMap<string, number> {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => {
        listeners.delete(tell);
      };
    },
    () => seen,
  );
}
