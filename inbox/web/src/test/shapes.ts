// Shapes of the API for tests: whole ones, with what a test is about given.
import type { Conversation, Me, Message, NextLabel } from '@/api/shapes';

export const uuid = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;

export function message(m: Partial<Message>): Message {
  return {
    id: uuid(m.seq ?? 1),
    seq: 1,
    kind: 'inbound',
    author: 'contact',
    author_name: 'Ana Silva',
    agent_id: null,
    text: 'Where is my order?',
    payload: {},
    client_id: '',
    decision_id: null,
    confidence: 0,
    delivery: '',
    provider_at: null,
    created_at: '2026-11-24T10:00:00Z',
    ...m,
  };
}

export function nextLabel(l: Partial<NextLabel>): NextLabel {
  return {
    decision_id: uuid(700),
    conversation_id: uuid(1),
    text: 'the thing I sent back',
    created_at: '2026-11-24T10:00:00Z',
    readings: [
      { intent: 'refund_status', chance: 0.41 },
      { intent: 'return_request', chance: 0.38 },
    ],
    none_fits: 0.11,
    ...l,
  };
}

export function conversation(c: Partial<Conversation>): Conversation {
  return {
    id: uuid(1),
    contact: {
      id: uuid(900),
      name: 'Ana Silva',
      email: 'ana@example.com',
      type: 'customer',
      external_id: 'u-1',
    },
    channel: 'webchat',
    status: 'open',
    priority: 'normal',
    intent: 'refund_status',
    confidence: 0.94,
    language: 'en',
    degraded: false,
    team: 'support',
    agent: null,
    skills: [],
    reason: '',
    decision_id: null,
    last_seq: 1,
    preview: 'Where is my order?',
    auto_replies: 0,
    queued_at: null,
    waiting_since: '2026-11-24T10:00:00Z',
    last_message_at: '2026-11-24T10:00:00Z',
    resolved_at: null,
    resolved_by: '',
    created_at: '2026-11-24T09:00:00Z',
    ...c,
  };
}

export function me(m: Partial<Me>): Me {
  return {
    id: uuid(500),
    name: 'Ben Okafor',
    email: 'ben@example.com',
    role: 'agent',
    presence: 'online',
    capacity: 6,
    load: 2,
    teams: ['support'],
    skills: {},
    has_password: true,
    ...m,
  };
}
