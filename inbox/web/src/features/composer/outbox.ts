// What an agent sent and the server has not confirmed yet. Each entry has a client id, so that sending it again is a
// no-op on the server; entries of a conversation go out in order; they outlive a reload.
import { useSyncExternalStore } from 'react';
import { ApiError } from '@/api/client';
import type { Message } from '@/api/shapes';
import type { Kind } from './drafts';

export type Outgoing = {
  clientId: string;
  conversation: string;
  kind: Kind;
  text: string;
  template?: string | undefined;
  /** `waiting`: goes out by itself when the connection is back. `failed`: needs a person, see error. */
  state: 'sending' | 'waiting' | 'failed';
  error?: string | undefined;
  at: string;
};

export type Send = (o: Outgoing) => Promise<Message>;

// One slot per entry, so that two tabs do not overwrite each other's.
const slot = (clientId: string) => `usher.outbox.${clientId}`;

/** What waits is tried again after these times, the last one for ever, and at once when the connection is back. */
const retryWaits = [2_000, 5_000, 15_000, 30_000];

/** An id that no other entry has, reply or note: the server answers a second use of it with the first entry. */
function newId(): string {
  // randomUUID is missing where a page came over plain HTTP from another machine.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

export class Outbox {
  private entries: Outgoing[];
  private readonly listeners = new Set<() => void>();
  private readonly busy = new Set<string>();
  private send: Send | undefined;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private onSent: (o: Outgoing, m: Message) => void = () => {};

  constructor() {
    this.entries = restore();
  }

  /** Says how entries go out and what to do with an answer. */
  connect(send: Send, onSent: (o: Outgoing, m: Message) => void) {
    this.send = send;
    this.onSent = onSent;
  }

  add(o: Pick<Outgoing, 'conversation' | 'kind' | 'text' | 'template'>, now = new Date()): Outgoing {
    const entry: Outgoing = { ...o, clientId: newId(), state: 'sending', at: now.toISOString() };
    this.set([...this.entries, entry]);
    void this.flush(o.conversation);
    return entry;
  }

  /** Sends what waits, everywhere. Failed entries stay until a person retries or discards them. */
  flushAll() {
    for (const conversation of new Set(this.entries.map((e) => e.conversation)))
      void this.flush(conversation);
  }

  retry(clientId: string) {
    const entry = this.entries.find((e) => e.clientId === clientId);
    if (!entry) return;
    this.update(clientId, { state: 'waiting', error: undefined });
    void this.flush(entry.conversation);
  }

  discard(clientId: string) {
    this.set(this.entries.filter((e) => e.clientId !== clientId));
  }

  readonly list = () => this.entries;

  readonly subscribe = (tell: () => void) => {
    this.listeners.add(tell);
    return () => {
      this.listeners.delete(tell);
    };
  };

  private async flush(conversation: string) {
    if (this.busy.has(conversation) || !this.send) return;
    this.busy.add(conversation);
    try {
      for (;;) {
        const next = this.entries.find((e) => e.conversation === conversation && e.state !== 'failed');
        if (!next || !(await this.sendOne(next))) return;
      }
    } finally {
      this.busy.delete(conversation);
    }
  }

  /** False when the connection is gone and the rest has to wait too. */
  private async sendOne(entry: Outgoing): Promise<boolean> {
    this.update(entry.clientId, { state: 'sending' });
    try {
      const message = await this.send!(entry);
      this.onSent(entry, message);
      this.discard(entry.clientId);
      this.tries = 0;
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.retryable) {
        this.update(entry.clientId, { state: 'waiting', error: error.message });
        this.tryLater();
        return false;
      }
      const why = error instanceof Error ? error.message : 'It could not be sent.';
      this.update(entry.clientId, { state: 'failed', error: why });
      return true;
    }
  }

  private tryLater() {
    clearTimeout(this.timer);
    const wait = retryWaits[Math.min(this.tries++, retryWaits.length - 1)]!;
    this.timer = setTimeout(() => this.flushAll(), wait);
  }

  private update(clientId: string, change: Partial<Outgoing>) {
    this.set(this.entries.map((e) => (e.clientId === clientId ? { ...e, ...change } : e)));
  }

  private set(entries: Outgoing[]) {
    for (const e of this.entries) {
      if (!entries.some((x) => x.clientId === e.clientId)) localStorage.removeItem(slot(e.clientId));
    }
    for (const e of entries) localStorage.setItem(slot(e.clientId), JSON.stringify(e));
    this.entries = entries;
    for (const tell of this.listeners) tell();
  }
}

function restore(): Outgoing[] {
  const entries: Outgoing[] = [];
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(slot(''))) continue;
    const e = JSON.parse(localStorage.getItem(name) ?? '{}') as Outgoing;
    // What was on its way when the page went away may have arrived; the client id makes asking again safe.
    entries.push(e.state === 'sending' ? { ...e, state: 'waiting' } : e);
  }
  return entries.sort((a, b) => a.at.localeCompare(b.at));
}

export const outbox = new Outbox();

export function useOutgoing(conversation: string): Outgoing[] {
  const all = useSyncExternalStore(outbox.subscribe, outbox.list);
  return all.filter((e) => e.conversation === conversation);
}

export function useWaitingCount(): number {
  return useSyncExternalStore(outbox.subscribe, outbox.list).filter((e) => e.state === 'waiting').length;
}

/** Forgets what was typed and not sent, for the next person at this browser. */
export function forgetTyped() {
  for (const e of outbox.list()) outbox.discard(e.clientId);
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith('usher.draft.')) localStorage.removeItem(name);
  }
}
