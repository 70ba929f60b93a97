// Short messages about what just happened, with one action at most. They wait while somebody is on them.
import type { ReactNode } from 'react';
import { sentence } from './words';

export type Toast = {
  id: number;
  text: ReactNode;
  tone: 'plain' | 'danger';
  action?: { label: string; run: () => void } | undefined;
};

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]) {
  toasts = next;
  for (const tell of listeners) tell();
}

/** Shows a message; the newest three stay. */
export function toast(text: ReactNode, o: { tone?: Toast['tone']; action?: Toast['action'] } = {}): number {
  const t: Toast = { id: nextId++, text, tone: o.tone ?? 'plain', action: o.action };
  set([...toasts, t].slice(-3));
  return t.id;
}

/** Shows what failed, in the words of the error. */
export const toastError = (error: unknown) =>
  toast(error instanceof Error ? sentence(error.message) : 'That did not work; try again.', {
    tone: 'danger',
  });

export const dismiss = (id: number) => set(toasts.filter((t) => t.id !== id));
export const listToasts = () => toasts;
export const subscribeToasts = (tell: () => void) => {
  listeners.add(tell);
  return () => {
    listeners.delete(tell);
  };
};
