// A small Usher in memory that answers like the API, for developing the app and for its tests. Never shipped.
import type { Conversation, Message, Payload, View } from '../src/api/shapes';
import {
  agents,
  ben,
  decisionOf,
  type Held,
  id,
  intents,
  nextLabels,
  policyVersion,
  seed,
  teams,
  templates,
  thresholds,
  vectorSpaces,
} from './data.ts';

export type Answer = { status: number; body?: unknown };
type Body = Record<string, unknown>;

const problem = (status: number, detail: string): Answer => ({
  status,
  body: { status, title: detail, detail },
});

export class FakeUsher {
  readonly held = new Map<string, Held>();
  /** Hears every conversation that changed. */
  onChange: (c: Conversation) => void = () => {};
  private next = 1;
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
    for (const h of seed(now())) this.held.set(h.conversation.id, h);
  }

  /** Answers a call. `path` starts with /api/v1/. */
  handle(method: string, path: string, query: URLSearchParams, body: Body = {}): Answer {
    const parts = path.split('/').slice(3);
    switch (parts[0]) {
      case 'me':
        return { status: 200, body: this.me(body) };
      case 'views':
        return { status: 200, body: this.views() };
      case 'agents':
        return { status: 200, body: { items: agents } };
      case 'teams':
        return { status: 200, body: { items: teams } };
      case 'intents':
        return { status: 200, body: { items: intents } };
      case 'chat-model':
        return { status: 200, body: { name: 'example-model' } };
      case 'templates':
        return parts[2]
          ? { status: 200, body: this.preview(parts[1]!, body) }
          : { status: 200, body: { items: templates } };
      case 'thresholds':
        return { status: 200, body: thresholds() };
      case 'labels':
        return { status: 200, body: nextLabels() };
      case 'vectors':
        return { status: 200, body: { items: vectorSpaces } };
      case 'policy': {
        const live = policyVersion(this.now());
        return { status: 200, body: parts[1] ? { items: [live] } : live };
      }
      case 'template-variables':
        return {
          status: 200,
          body: { items: [{ name: 'contact.first_name', description: 'the first word of the name' }] },
        };
      case 'sign-out':
        return { status: 204 };
      case 'conversations':
        return parts[1] ? this.conversation(method, parts[1], parts[2] ?? '', query, body) : this.list(query);
      default:
        return problem(404, `there is no ${path}`);
    }
  }

  private presence = 'online';
  private me(body: Body) {
    if (body.presence) this.presence = String(body.presence);
    const load = this.in('mine', '').length;
    return {
      ...ben,
      email: 'ben@example.com',
      role: 'ops',
      presence: this.presence,
      capacity: 6,
      load,
      teams: ['support', 'billing'],
      skills: {},
      has_password: true,
    };
  }

  private in(view: View, team: string): Conversation[] {
    const all = [...this.held.values()].map((h) => h.conversation);
    switch (view) {
      case 'mine':
        return all.filter((c) => c.status === 'open' && c.agent?.id === ben.id);
      case 'queue':
        return all.filter((c) => c.status === 'open' && !c.agent && (!team || c.team === team));
      case 'all':
        return all.filter((c) => c.status !== 'resolved');
      default:
        return all.filter((c) => c.status === view);
    }
  }

  private views() {
    const size = (v: View, team = '') => this.in(v, team).length;
    return {
      mine: size('mine'),
      queue: size('queue'),
      all: size('all'),
      waiting: size('waiting'),
      resolved: size('resolved'),
      teams: teams.map((t) => ({ ...t, queued: size('queue', t.slug) })),
    };
  }

  private list(query: URLSearchParams): Answer {
    const rank = ['urgent', 'high', 'normal', 'low'];
    const words = (query.get('q') ?? '').toLowerCase().split(/\s+/);
    const fits = (c: Conversation) =>
      words.every((w) => `${c.contact.name} ${c.contact.email} ${c.preview}`.toLowerCase().includes(w));
    const all = this.in((query.get('view') ?? 'mine') as View, query.get('team') ?? '')
      .filter(fits)
      .sort(
        (a, b) =>
          rank.indexOf(a.priority) - rank.indexOf(b.priority) ||
          b.last_message_at.localeCompare(a.last_message_at),
      );
    const from = Number(query.get('cursor') ?? 0);
    const to = from + Number(query.get('limit') ?? 50);
    return {
      status: 200,
      body: { items: all.slice(from, to), next_cursor: to < all.length ? String(to) : '' },
    };
  }

  private conversation(
    method: string,
    cid: string,
    what: string,
    query: URLSearchParams,
    body: Body,
  ): Answer {
    const h = this.held.get(cid);
    if (!h) return problem(404, `there is no conversation ${cid}`);
    const c = h.conversation;
    if (method === 'GET') return this.read(h, what, query);
    if (what === 'replies' || what === 'notes') return this.write(h, what, body);
    if (what === 'drafts') return { status: 200, body: this.draft(c) };
    if (what === 'summary') return { status: 200, body: this.summary(c) };
    if (what === 'take') {
      if (c.agent && c.agent.id !== ben.id)
        return problem(409, `${c.agent.name} has it; to have it all the same, hand it over to yourself`);
      c.agent = ben;
      this.did(h, { what: 'taken', by: ben.name });
    }
    if (what === 'hand-over') {
      c.agent = agents.find((a) => a.id === body.agent_id) ?? null;
      if (body.team) c.team = String(body.team);
      this.did(h, {
        what: 'handed_over',
        by: ben.name,
        ...(c.agent ? { agent: c.agent.name } : { team: c.team }),
      });
    }
    if (what === 'resolve' || what === 'reopen') {
      const done = what === 'resolve';
      if ((c.status === 'resolved') === done)
        return problem(409, done ? 'it is resolved already' : 'it is open already');
      c.status = done ? 'resolved' : 'open';
      c.resolved_at = done ? this.time() : null;
      this.did(h, { what: done ? 'resolved' : 'reopened', by: ben.name });
    }
    if (what === 'priority') {
      const from = c.priority;
      c.priority = body.priority as Conversation['priority'];
      this.did(h, { what: 'priority_changed', by: ben.name, from, to: c.priority });
    }
    if (what === 'corrections') this.did(h, { what: 'wrong_answer', by: ben.name });
    return { status: 200, body: c };
  }

  private draft(c: Conversation) {
    const name = c.contact.name.split(' ')[0];
    return {
      text: `Hello ${name},\n\nthank you for your patience. I have looked it up: it left our warehouse and should be with you by [delivery date].`,
      gaps: ['[delivery date]'],
      model: 'example-model',
    };
  }

  private summary(c: Conversation) {
    return {
      lines: [
        { about: 'wants', text: `${c.contact.name} wants to know where the order is and when it arrives.` },
        { about: 'tried', text: 'The standard answer on tracking was sent; the link showed nothing new.' },
        { about: 'open', text: 'Ask the carrier where the parcel is.' },
        { about: 'open', text: 'Tell the customer the new date.' },
      ],
      last_seq: c.last_seq,
      model: 'example-model',
    };
  }

  private read(h: Held, what: string, query: URLSearchParams): Answer {
    switch (what) {
      case '':
        return { status: 200, body: h.conversation };
      case 'messages': {
        const after = Number(query.get('after') ?? 0);
        const before = Number(query.get('before') ?? 0);
        const limit = Number(query.get('limit') ?? 200);
        const items = before
          ? h.messages.filter((m) => m.seq < before).slice(-limit)
          : h.messages.filter((m) => m.seq > after).slice(0, limit);
        return { status: 200, body: { items, last_seq: h.conversation.last_seq } };
      }
      case 'context':
        return { status: 200, body: this.context(h) };
      default:
        return {
          status: 200,
          body: { items: h.conversation.decision_id ? [decisionOf(h, this.now())] : [] },
        };
    }
  }

  private context(h: Held) {
    const ago = (hours: number) => new Date(this.now() - hours * 3_600_000).toISOString();
    return {
      contact: {
        ...h.conversation.contact,
        attributes: { plan: 'Plus', city: 'Uppsala', lifetime_value: 812.4 },
        created_at: ago(9000),
      },
      events: [
        { name: 'order.delivered', properties: { order: '10234', carrier: 'DHL' }, occurred_at: ago(500) },
        { name: 'order.returned', properties: { order: '10234' }, occurred_at: ago(360) },
      ],
      history: [
        {
          id: id(1007),
          status: 'resolved',
          intent: 'order_status',
          preview: 'When will 10234 arrive?',
          created_at: ago(700),
          resolved_by: 'contact',
        },
      ],
      similar: decisionOf(h, this.now()).evidence.similar ?? [],
    };
  }

  private preview(name: string, { body, language }: Body) {
    const text = String(body || templates.find((t) => t.name === name)?.body);
    const german = language === 'de';
    return {
      text: text.replace('{{ contact.first_name }}', 'Marta').replace('{{ order.id }}', '10234'),
      language: german ? 'de' : 'en',
      help: german
        ? { question: 'Hat das geholfen?', yes: 'Ja, danke', no: 'Nein, ich brauche weitere Hilfe' }
        : { question: 'Did that help?', yes: 'Yes, thank you', no: 'No, I need more help' },
    };
  }

  private write(h: Held, what: string, body: Body): Answer {
    const client_id = String(body.client_id);
    const there = h.messages.find((m) => m.client_id === client_id);
    if (there) return { status: 201, body: there };
    const c = h.conversation;
    if (what === 'replies' && c.status === 'resolved')
      return problem(409, 'it is resolved; reopen it, then reply');
    const m = this.append(h, {
      kind: what === 'replies' ? 'outbound' : 'note',
      author: 'agent',
      author_name: ben.name,
      agent_id: ben.id,
      text: String(body.text),
      client_id,
      delivery: what === 'replies' ? 'sent' : '',
    });
    if (what === 'replies')
      Object.assign(c, {
        status: 'waiting',
        waiting_since: null,
        agent: c.agent ?? ben,
        preview: m.text,
        last_message_at: m.created_at,
      });
    this.onChange(c);
    return { status: 201, body: m };
  }

  /** A customer writes; in capitals, it is urgent. */
  receive(cid: string, text: string) {
    const h = this.held.get(cid)!;
    const m = this.append(h, {
      kind: 'inbound',
      author: 'contact',
      author_name: h.conversation.contact.name,
      text,
    });
    Object.assign(h.conversation, {
      status: 'open',
      waiting_since: m.created_at,
      last_message_at: m.created_at,
      preview: text,
      ...(text === text.toUpperCase() && { priority: 'urgent' }),
    });
    this.onChange(h.conversation);
  }

  private did(h: Held, payload: Payload) {
    this.append(h, { kind: 'activity', author: 'system', payload });
    this.onChange(h.conversation);
  }

  private append(h: Held, m: Partial<Message>): Message {
    h.conversation.last_seq++;
    const entry: Message = {
      id: id(900_000 + this.next++),
      seq: h.conversation.last_seq,
      kind: 'inbound',
      author: 'contact',
      author_name: '',
      agent_id: null,
      text: '',
      payload: {},
      client_id: '',
      decision_id: null,
      confidence: 0,
      delivery: '',
      provider_at: null,
      created_at: this.time(),
      ...m,
    };
    h.messages.push(entry);
    return entry;
  }

  private time = () => new Date(this.now()).toISOString();
}
