import { describe, expect, it } from 'vitest';
import type { Message, Payload } from '@/api/shapes';
import { message } from '@/test/shapes';
import { activityText } from './activity';
import { lines } from './lines';

const at = (m: number, day = 24) => `2026-11-${day}T10:${String(m).padStart(2, '0')}:00Z`;
const inbound = (seq: number, created_at = at(seq)) => message({ seq, created_at });
const agent = (seq: number) =>
  message({ seq, kind: 'outbound', author: 'agent', author_name: 'Ben', created_at: at(seq) });
const activity = (seq: number) => message({ seq, kind: 'activity', author: 'system', created_at: at(seq) });

/** `day`, `new`, `3 activities`, `1`, `2+` where somebody goes on. */
const shape = (items: Message[], seen = 0) =>
  lines(items, seen).map((l) => {
    if (l.kind === 'activities') return `${l.items.length} activities`;
    if (l.kind === 'message') return `${l.message.seq}${l.goesOn ? '+' : ''}`;
    return l.kind;
  });

describe('lines of a thread', () => {
  it('start each day with its name', () => {
    expect(shape([inbound(1, at(1, 23)), inbound(2, at(2, 24))])).toEqual(['day', '1', 'day', '2']);
  });
  it('join what the same person says within minutes', () => {
    expect(shape([inbound(1), inbound(2), agent(3), inbound(20)])).toEqual(['day', '1', '2+', '3', '20']);
  });
  it('never join automatic answers, for each has its own confidence', () => {
    const auto = (seq: number) =>
      message({ seq, kind: 'outbound', author: 'automatic', created_at: at(seq) });
    expect(shape([auto(1), auto(2)])).toEqual(['day', '1', '2']);
  });
  it('gather activities', () => {
    expect(shape([inbound(1), activity(2), activity(3), inbound(4)])).toEqual([
      'day',
      '1',
      '2 activities',
      '4',
    ]);
  });
  it('mark what is new after what was seen', () => {
    expect(shape([inbound(1), inbound(2)], 1)).toEqual(['day', '1', 'new', '2']);
  });
  it('mark nothing in a conversation opened for the first time, above one’s own words, or above an activity', () => {
    expect(shape([inbound(1), inbound(2)], 0)).not.toContain('new');
    expect(shape([inbound(1), agent(2), inbound(3)], 1)).not.toContain('new');
    expect(shape([inbound(1), activity(2)], 1)).not.toContain('new');
  });
});

describe('activities in words', () => {
  const teams = [{ slug: 'billing', name: 'Billing' }];
  const cases: [Payload, string][] = [
    [{ what: 'queued', team: 'billing' }, 'Put into the queue of Billing'],
    [{ what: 'taken', by: 'Ben', from: 'Cleo' }, 'Ben took it over from Cleo'],
    [{ what: 'handed_over', by: 'Ben', agent: 'Cleo' }, 'Ben handed it over to Cleo'],
    [{ what: 'handed_over', by: 'Ben', team: 'billing' }, 'Ben handed it over to the queue of Billing'],
    [{ what: 'resolved', by: 'Ben', reason: 'agent' }, 'Ben resolved it'],
    [{ what: 'resolved', reason: 'silence' }, 'Resolved: nobody answered any more'],
    [
      { what: 'priority_changed', by: 'Ben', from: 'low', to: 'high' },
      'Ben changed the priority from low to high',
    ],
    [
      { what: 'corrected', by: 'Ben', from: 'order_status', to: 'refund_status' },
      'Ben corrected order status to refund status',
    ],
    [
      { what: 'corrected', by: 'Ben', from: 'refund_status', to: 'refund_status' },
      'Ben confirmed refund status',
    ],
    [{ what: 'dispatched', agent: 'Robin' }, 'Given to you'],
    [{ what: 'taken', by: 'Ben', from: 'Robin' }, 'Ben took it over from you'],
    [{ what: 'taken', by: 'Robin' }, 'You took it'],
    [{ what: 'handed_over', by: 'Ben', agent: 'Robin' }, 'Ben handed it over to you'],
    [{ what: 'resolved', by: 'Robin', reason: 'agent' }, 'You resolved it'],
    [{}, 'Something changed'],
  ];
  it.each(cases)('%j', (payload, want) => {
    expect(activityText(payload, teams, 'Robin')).toBe(want);
  });
});
