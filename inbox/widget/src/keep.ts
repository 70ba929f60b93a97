import type { Entry } from './protocol';

/** Outgoing is a message that the server has not accepted yet. */
export interface Outgoing {
  id: string;
  text: string;
  choice?: string;
  answers?: string;
  at: string;
  /** Set when the server will not take it as it is. */
  failed?: string;
}

interface Kept {
  visitor?: string;
  queue: Outgoing[];
  draft?: string;
  /** Id of the newest entry that the person has seen. */
  seen?: string;
}

/** Longest queue; a person who writes more than this without a connection is told. */
export const maxQueue = 50;

/**
 * Keep holds what must outlive the page, in localStorage under a key per inbox and person, or in memory where the
 * browser forbids it. Tabs share it: every change reads what is there, so one tab does not undo another's.
 */
export class Keep {
  private readonly key: string;
  private memory: string | null = null;

  constructor(
    inbox: string,
    user: string | undefined,
    private readonly storage: Storage | undefined,
  ) {
    this.key = user === undefined ? `usher.${inbox}` : `usher.${inbox}.u.${user}`;
  }

  read(): Kept {
    try {
      const raw = this.storage ? this.storage.getItem(this.key) : this.memory;
      const kept = JSON.parse(raw ?? '{}') as Partial<Kept>;
      return { ...kept, queue: Array.isArray(kept.queue) ? kept.queue : [] };
    } catch {
      return { queue: [] };
    }
  }

  change(edit: (kept: Kept) => void): void {
    const kept = this.read();
    edit(kept);
    const raw = JSON.stringify(kept);
    this.memory = raw;
    try {
      this.storage?.setItem(this.key, raw);
    } catch {
      // Full or forbidden: this page still has it in memory.
    }
  }

  /** put adds a message to the queue, or replaces it where it stands. */
  put(message: Outgoing): void {
    this.change((k) => {
      const at = k.queue.findIndex((m) => m.id === message.id);
      k.queue.splice(at < 0 ? k.queue.length : at, 1, message);
    });
  }

  drop(id: string): void {
    this.change((k) => {
      k.queue = k.queue.filter((m) => m.id !== id);
    });
  }
}

/** unread counts what the company wrote after the newest entry that was seen. */
export function unread(entries: Entry[], seen: string | undefined): number {
  const from = entries.findIndex((e) => e.id === seen) + 1;
  return entries.slice(from).filter((e) => e.author !== 'contact').length;
}
