// A whole decision for tests, with what a test is about given.
import type { Decision } from '@/api/shapes';
import { uuid } from './shapes';

export function decision(d: Partial<Decision>): Decision {
  return {
    id: uuid(70),
    message_id: uuid(1),
    route: 'agent',
    template: '',
    team: 'care',
    skills: ['billing'],
    priority: 'urgent',
    intent: 'refund_request',
    confidence: 0.94,
    threshold: 0.7,
    language: 'en',
    degraded: false,
    guards: [
      { name: 'answer', passed: false, detail: 'Refund request goes to people by policy' },
      { name: 'mood', passed: false, detail: 'the contact sounds angry' },
      { name: 'confidence', passed: true, detail: 'confidence 94 % is above 70 %' },
    ],
    priority_reasons: ['angry, and not the first contact'],
    reason: 'Refund request, third contact and angry: urgent, for Customer care with billing',
    policy_version: 12,
    policy_hash: 'c0ffee00',
    model_hash: 'beef0000',
    state: 'done',
    withheld_reason: '',
    created_at: '2026-11-24T10:00:00Z',
    prediction: {
      model: 'beef0000',
      ranked: [
        { intent: 'refund_request', confidence: 0.94 },
        { intent: 'complaint', confidence: 0.03 },
      ],
      oos: 0.01,
      language: 'en',
      entities: [],
      words: [{ text: 'money', weight: 2.1 }],
      signals: { angry: true, repeat: true },
    },
    evidence: {
      similar: [
        {
          conversation_id: uuid(40),
          score: 0.91,
          intent: 'refund_request',
          outcome: 'agent',
          handled: 'people',
          agent: 'Mia Larsen',
          resolved_at: '2026-11-20T10:00:00Z',
          preview: 'I want a refund for the blue lamp',
        },
      ],
      repeats: 2,
    },
    assignment: {
      agent: { id: uuid(500), name: 'Ben Okafor' },
      cause: 'dispatched',
      trace: {
        considered: [
          { agent_id: uuid(500), agent: 'Ben Okafor', chosen: true, why: '2 of 6 in hand, billing level 4' },
          { agent_id: uuid(501), agent: 'Mia Larsen', chosen: false, why: 'full: 6 of 6' },
        ],
      },
      started_at: '2026-11-24T10:00:01Z',
    },
    corrections: [],
    ...d,
  };
}
