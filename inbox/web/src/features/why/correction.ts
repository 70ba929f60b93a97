// What a correction changes, as it is sent and as it is told.
import type { Conversation, Decision, Priority } from '@/api/shapes';
import { listWords } from './words';

export type Correction = { intent: string; priority: Priority; wrong: boolean; reason: string };

export type CorrectionBody = { intent?: string; priority?: Priority; wrong_answer?: true; reason?: string };

/** What to send: only what differs from the decision, or nothing when nothing does. */
export function correctionBody(
  d: Pick<Decision, 'intent' | 'priority'>,
  c: Correction,
): CorrectionBody | undefined {
  const body: CorrectionBody = {
    ...(c.intent !== d.intent && { intent: c.intent }),
    ...(c.priority !== d.priority && { priority: c.priority }),
    ...(c.wrong && { wrong_answer: true as const }),
  };
  if (Object.keys(body).length === 0) return undefined;
  const reason = c.reason.trim();
  return reason ? { ...body, reason } : body;
}

/** What came of it: what is noted, and what moved. */
export function correctionResult(
  before: Pick<Conversation, 'team' | 'agent'>,
  after: Pick<Conversation, 'team' | 'agent' | 'priority'>,
  body: CorrectionBody,
  name: (intent: string) => string,
): string {
  const noted = [
    body.intent && `intent ${name(body.intent)}`,
    body.priority && `priority ${after.priority}`,
    body.wrong_answer && 'wrong answer',
  ].filter((w): w is string => !!w);
  const moved =
    after.team !== before.team
      ? ' It moved to the team that answers for this.'
      : body.intent
        ? ' It stays with the same team.'
        : '';
  return `Noted: ${listWords(noted)}.${moved} Nothing was sent to the customer.`;
}
