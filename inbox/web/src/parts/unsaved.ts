// What was changed on the pages for ops and not saved: it stays while this tab is open, whatever page is shown, and the
// browser asks before the tab goes.
import { useSyncExternalStore } from 'react';

const kept = new Map<string, unknown>();
const listeners = new Set<() => void>();

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => {
    listeners.delete(tell);
  };
}

const ask = (e: BeforeUnloadEvent) => e.preventDefault();

function tellAll() {
  if (kept.size > 0) window.addEventListener('beforeunload', ask);
  else window.removeEventListener('beforeunload', ask);
  for (const tell of listeners) tell();
}

/** What is unsaved under a name, and how to change it; undefined is nothing. */
export function useUnsaved<T>(name: string): [T | undefined, (value: T | undefined) => void] {
  const value = useSyncExternalStore(subscribe, () => kept.get(name) as T | undefined);
  const keep = (next: T | undefined) => {
    if (next === undefined) kept.delete(name);
    else kept.set(name, next);
    tellAll();
  };
  return [value, keep];
}

/** The names under which something is unsaved, separated by lines. */
const names = () => [...kept.keys()].join('\n');

/** The names under which something is unsaved. */
export const useUnsavedNames = (): readonly string[] => useSyncExternalStore(subscribe, names).split('\n');

/** Forgets all, for the next person at this browser. */
export function forgetUnsaved() {
  kept.clear();
  tellAll();
}
