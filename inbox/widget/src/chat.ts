import { Connection } from './connection';
import { Keep, maxQueue, type Outgoing, unread } from './keep';
import {
  byteLength,
  clean,
  maxText,
  newID,
  type People,
  type ServerFrame,
  type User,
  type Welcome,
} from './protocol';
import { Thread } from './thread';

/** How the connection stands, as far as the person should know. */
export type Link = 'idle' | 'connecting' | 'on' | 'off' | 'refused';

/** A connection that is back within this was never missed: nobody is told. */
const missedAfter = 1200;

/** How long the server may take to answer a message before the connection counts as dead. */
const answerWithin = 15_000;

export interface Site {
  company: string;
  greeting: string;
  accent: string;
}

export interface ChatOptions {
  url: string;
  inbox: string;
  user?: User;
  storage?: Storage;
  /** Called after each change; many changes in one turn are one call. */
  changed: () => void;
}

/** Chat is the conversation without its looks: what is said, what waits, and how the connection stands. */
export class Chat {
  readonly thread: Thread;
  link: Link = 'idle';
  site: Site = { company: '', greeting: '', accent: '' };
  people: People | undefined;
  /** True from the first welcome on. */
  welcomed = false;
  private readonly keep: Keep;
  private readonly connection: Connection;
  /** True while the connection has been missing long enough to say so. */
  apart = false;
  private visitor: string | undefined;
  private inFlight: string | undefined;
  private answerTimer: number | undefined;
  private apartTimer: number | undefined;
  private paused: number | undefined;
  private watching = false;
  private scheduled = false;
  private forgotten = false;
  private marked = new Map<string, number>();

  constructor(private readonly options: ChatOptions) {
    this.keep = new Keep(options.inbox, options.user?.id, options.storage);
    const kept = this.keep.read();
    this.visitor = kept.visitor;
    this.thread = new Thread(kept.queue);
    this.connection = new Connection(options.url, {
      open: () => this.hello(),
      frame: (f) => this.take(f),
      lost: (over) => this.lost(over),
    });
  }

  /** known tells whether this person has written before, so that answers may wait. */
  get known(): boolean {
    return (
      this.visitor !== undefined || this.keep.read().seen !== undefined || this.thread.outgoing.length > 0
    );
  }

  get unread(): number {
    return unread(this.thread.entries, this.keep.read().seen);
  }

  get draft(): string {
    return this.keep.read().draft ?? '';
  }

  set draft(text: string) {
    this.keep.change((k) => {
      k.draft = text || undefined;
    });
  }

  connect(): void {
    if (this.link !== 'idle') return;
    this.link = 'connecting';
    this.connection.start();
    this.change();
  }

  stop(): void {
    this.connection.stop();
    clearTimeout(this.answerTimer);
    clearTimeout(this.paused);
    clearTimeout(this.apartTimer);
    this.link = 'idle';
  }

  /** watch says whether the person is looking at the thread: what they look at is read. */
  watch(on: boolean): void {
    this.watching = on;
    this.mark();
  }

  /** say queues a message and returns why not, if it cannot. */
  say(text: string, choice?: string, answers?: string): string | undefined {
    const cleaned = clean(text);
    if (!cleaned) return 'Write something first.';
    const over = byteLength(cleaned) - maxText;
    if (over > 0) return `This is too long by ${over.toLocaleString('en-GB')} characters. Send it in parts.`;
    if (this.thread.outgoing.length >= maxQueue)
      return 'Too many messages wait already. They go out when the connection is back.';
    const message: Outgoing = { id: newID(), text: cleaned, choice, answers, at: new Date().toISOString() };
    this.thread.queue(message);
    this.keep.put(message);
    if (this.visitor) this.keepVisitor(this.visitor);
    this.connect();
    this.pump();
    this.change();
    return undefined;
  }

  again(id: string): void {
    this.thread.again(id);
    const message = this.thread.outgoing.find((m) => m.id === id);
    if (message) this.keep.put(message);
    this.pump();
    this.change();
  }

  discard(id: string): void {
    this.thread.drop(id);
    this.keep.drop(id);
    this.change();
  }

  private hello(): void {
    const { inbox, user } = this.options;
    this.connection.send(
      user ? { type: 'hello', inbox, user } : { type: 'hello', inbox, visitor: this.visitor },
    );
  }

  private take(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        this.welcome(frame);
        break;
      case 'accepted':
        this.thread.accept(frame.id, frame.message_id, frame.conversation, frame.seq);
        this.keep.drop(frame.id);
        this.settled(frame.id);
        break;
      case 'refused':
        this.refused(frame.id, frame.field, frame.remedy, frame.retry);
        break;
      case 'entry':
        if (frame.entry.client_id) this.keep.drop(frame.entry.client_id);
        this.thread.add(frame.entry);
        this.mark();
        break;
      case 'status':
        this.thread.conversation = frame.conversation;
        this.thread.status = frame.status;
        break;
      case 'people':
        this.people = frame.people;
        break;
      default:
        return;
    }
    this.change();
  }

  private welcome(w: Welcome): void {
    this.connection.welcomed();
    this.link = 'on';
    this.apart = false;
    clearTimeout(this.apartTimer);
    this.apartTimer = undefined;
    this.welcomed = true;
    this.site = { company: w.company, greeting: w.greeting ?? '', accent: w.accent ?? '' };
    this.people = w.people;
    if (w.visitor) {
      this.visitor = w.visitor;
      // A token without a message is worth nothing: kept, it would make every later page connect.
      if (w.entries.length > 0 || this.thread.outgoing.length > 0) this.keepVisitor(w.visitor);
    }
    this.thread.welcome(w.entries, w.conversation ?? '', w.status ?? '');
    for (const e of w.entries) if (e.client_id) this.keep.drop(e.client_id);
    this.inFlight = undefined;
    this.marked.clear();
    this.mark();
    this.pump();
  }

  private keepVisitor(token: string): void {
    if (this.options.user) return;
    this.keep.change((k) => {
      k.visitor = token;
    });
  }

  private refused(id: string | undefined, field: string, remedy: string, retry: number | undefined): void {
    if (id === undefined || id !== this.inFlight) {
      if (!this.welcomed || field === 'origin' || field === 'inbox' || field.startsWith('user')) {
        console.warn(`Usher: ${field} ${remedy}.`);
      }
      if (field === 'visitor' && this.visitor) this.forget();
      return;
    }
    this.settled(undefined);
    if (retry) {
      this.paused = window.setTimeout(() => {
        this.paused = undefined;
        this.pump();
      }, retry * 1000);
      return;
    }
    this.thread.refuse(id, `${capital(field)} ${remedy}.`);
    const message = this.thread.outgoing.find((m) => m.id === id);
    if (message) this.keep.put(message);
    this.pump();
  }

  /** forget drops a token that the server does not know as one of its own; the next hello gets another. */
  private forget(): void {
    this.visitor = undefined;
    this.forgotten = true;
    this.keep.change((k) => {
      k.visitor = undefined;
    });
  }

  private settled(id: string | undefined): void {
    clearTimeout(this.answerTimer);
    this.inFlight = undefined;
    if (id !== undefined) this.pump();
  }

  /** pump sends the next message when none is on its way. */
  private pump(): void {
    if (this.link !== 'on' || this.inFlight !== undefined || this.paused !== undefined) return;
    const next = this.thread.next();
    if (!next) return;
    this.inFlight = next.id;
    const { id, text, choice, answers } = next;
    this.connection.send({ type: 'message', id, text, choice, answers });
    this.answerTimer = window.setTimeout(() => this.connection.restart(), answerWithin);
  }

  private lost(over: boolean): void {
    clearTimeout(this.answerTimer);
    this.inFlight = undefined;
    const anew = over && this.forgotten;
    this.forgotten = false;
    this.link = over && !anew ? 'refused' : 'off';
    if (anew) this.connection.start();
    if (this.link === 'off') this.missed();
    this.change();
  }

  /** missed counts from the first loss, not from the last of many tries. */
  private missed(): void {
    this.apartTimer ??= window.setTimeout(() => {
      this.apart = this.link !== 'on';
      this.change();
    }, missedAfter);
  }

  /** mark tells the server what has arrived, and what was read. */
  private mark(): void {
    if (this.link !== 'on') return;
    const newest = new Map<string, number>();
    for (const e of this.thread.entries) {
      if (e.author !== 'contact')
        newest.set(e.conversation, Math.max(e.seq, newest.get(e.conversation) ?? 0));
    }
    const state = this.watching ? 'read' : 'delivered';
    for (const [conversation, seq] of newest) {
      const key = `${conversation} ${state}`;
      if (seq <= (this.marked.get(key) ?? 0)) continue;
      this.marked.set(key, seq);
      this.connection.send({ type: 'seen', conversation, seq, state });
    }
    const last = this.thread.entries.at(-1);
    if (this.watching && last && this.keep.read().seen !== last.id) {
      this.keep.change((k) => {
        k.seen = last.id;
      });
    }
  }

  private change(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.options.changed();
    });
  }
}

function capital(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1);
}
