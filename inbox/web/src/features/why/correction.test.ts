import { describe, expect, it } from 'vitest';
import { conversation } from '@/test/shapes';
import { type Correction, correctionBody, correctionResult } from './correction';

const was = { intent: 'refund_status', priority: 'normal' };
const same: Correction = { intent: 'refund_status', priority: 'normal', wrong: false, reason: '' };

describe('what a correction sends', () => {
  it.each([
    ['nothing when all is as it was', {}, undefined],
    ['nothing for a reason alone', { reason: 'hm' }, undefined],
    ['only what differs', { priority: 'high' }, { priority: 'high' }],
    [
      'all that differs, with the reason trimmed',
      { intent: 'oos', wrong: true, reason: ' not ours ' },
      { intent: 'oos', wrong_answer: true, reason: 'not ours' },
    ],
  ] as [string, Partial<Correction>, unknown][])('%s', (_, change, body) => {
    expect(correctionBody(was, { ...same, ...change })).toEqual(body);
  });
});

describe('what came of a correction', () => {
  const before = conversation({ team: 'care' });
  const name = () => 'Bug report';
  it('tells that it moved, or stays', () => {
    expect(correctionResult(before, { ...before, team: 'technical' }, { intent: 'bug_report' }, name)).toBe(
      'Noted: intent Bug report. It moved to the team that answers for this. Nothing was sent to the customer.',
    );
    expect(correctionResult(before, before, { intent: 'bug_report' }, name)).toContain(
      'stays with the same team',
    );
  });
  it('says the priority that holds now', () => {
    const after = { ...before, priority: 'urgent' as const };
    expect(correctionResult(before, after, { priority: 'urgent', wrong_answer: true }, name)).toBe(
      'Noted: priority urgent and wrong answer. Nothing was sent to the customer.',
    );
  });
});
