import type { Outgoing } from './keep';
import type { Entry } from './protocol';

/**
 * Thread is what the person sees: entries that the server has, in its order, then messages on their way. Frames may come
 * twice and accepted may come before or after the entry itself; ids tell.
 */
export class Thread {
  entries: Entry[] = [];
  outgoing: Outgoing[] = [];
  conversation = '';
  status = '';

  constructor(queue: Outgoing[]) {
    this.outgoing = [...queue];
  }

  /** welcome takes the thread as the server has it; older entries than it sent stay. It returns what was new. */
  welcome(entries: Entry[], conversation: string, status: string): Entry[] {
    const had = new Set(this.entries.map((e) => e.id));
    const has = new Set(entries.map((e) => e.id));
    this.entries = [...this.entries.filter((e) => !has.has(e.id)), ...entries];
    this.conversation = conversation;
    this.status = status;
    for (const e of entries) this.settle(e);
    return entries.filter((e) => !had.has(e.id));
  }

  /** add takes a pushed entry and says whether it was new. */
  add(entry: Entry): boolean {
    this.settle(entry);
    if (this.entries.some((e) => e.id === entry.id)) return false;
    const later = this.entries.findIndex((e) => e.conversation === entry.conversation && e.seq > entry.seq);
    this.entries.splice(later < 0 ? this.entries.length : later, 0, entry);
    return true;
  }

  queue(message: Outgoing): void {
    this.outgoing.push(message);
  }

  /** accept makes an entry of a message on its way. */
  accept(id: string, messageID: string, conversation: string, seq: number): void {
    const message = this.outgoing.find((m) => m.id === id);
    if (!message) return;
    const { text, choice, answers, at } = message;
    this.conversation = conversation;
    this.status = 'open';
    this.add({
      id: messageID,
      conversation,
      seq,
      author: 'contact',
      text,
      choice,
      answers,
      at,
      client_id: id,
    });
  }

  refuse(id: string, why: string): void {
    this.outgoing = this.outgoing.map((m) => (m.id === id ? { ...m, failed: why } : m));
  }

  again(id: string): void {
    this.outgoing = this.outgoing.map((m) => (m.id === id ? { ...m, failed: undefined } : m));
  }

  drop(id: string): void {
    this.outgoing = this.outgoing.filter((m) => m.id !== id);
  }

  /** next is the message to send now: they go one by one, in order. */
  next(): Outgoing | undefined {
    return this.outgoing.find((m) => m.failed === undefined);
  }

  /** answer is the choice taken for an offer, if any. */
  answer(offer: string): string | undefined {
    const taken =
      this.entries.find((e) => e.answers === offer) ?? this.outgoing.find((m) => m.answers === offer);
    return taken?.choice;
  }

  private settle(entry: Entry): void {
    if (entry.author === 'contact' && entry.client_id) this.drop(entry.client_id);
  }
}
