import { describe, expect, it } from 'vitest';
import type { Decision } from '@/api/shapes';
import { decision } from '@/test/decision';
import { conversation, uuid } from '@/test/shapes';
import {
  assignedLine,
  checkedLine,
  consideredOf,
  contactCount,
  decidedLine,
  guardName,
  languageLine,
  markWords,
  outcomeWords,
  rememberedLine,
  sentence,
  signalsOf,
  understoodLine,
} from './words';

const guard = (name: string, passed: boolean) => ({ name, passed, detail: '' });
const team = (slug: string) => ({ care: 'Customer care' })[slug] ?? slug;
const line = (d: Partial<Decision>) => decision(d);

describe('guards', () => {
  it('are named for people, also ones that this page does not know', () => {
    expect(guardName('in_a_row')).toBe('Answers in a row');
    expect(guardName('office_hours')).toBe('Office hours');
  });
  it.each([
    [[guard('model', true), guard('mood', true)], 'All 2 checks passed'],
    [[guard('helped', true)], 'One check, passed'],
    [[guard('model', true), guard('mood', false)], 'Stopped by mood'],
    [[guard('mood', false), guard('repeat', false)], 'Stopped by mood and repeat contact'],
    [
      [guard('scope', false), guard('mood', false), guard('repeat', false), guard('person', false)],
      'Stopped by scope, mood and 2 more',
    ],
    [[], 'Nothing to check'],
  ])('sum up to one line', (guards, words) => {
    expect(checkedLine(line({ guards }))).toBe(words);
  });
});

describe('a sentence', () => {
  it('begins with a capital and keeps numbers with their unit', () => {
    expect(sentence('confidence 94 % is above 70 %')).toBe('Confidence 94\u202f% is above 70\u202f%');
    expect(sentence('')).toBe('');
  });
});

describe('what was understood', () => {
  it('names the intent with its confidence', () => {
    expect(understoodLine(line({}), undefined)).toBe('Refund request, 94\u202f% sure');
  });
  it('says when nothing fits, and when the model was silent', () => {
    const prediction = line({}).prediction;
    expect(understoodLine(line({ intent: 'oos', prediction: { ...prediction, oos: 0.8 } }), undefined)).toBe(
      'No known request fits, 80\u202f% sure',
    );
    expect(understoodLine(line({ prediction: { ...prediction, ranked: [] } }), undefined)).toBe(
      'The model gave no answer',
    );
  });
  it('lists signals, most pressing first', () => {
    const p = { ...line({}).prediction, signals: { deadline: true, angry: true, several: false } };
    expect(signalsOf(p)).toEqual(['sounds angry', 'in a hurry']);
  });
  it('says the language, and why where the text does not', () => {
    const { prediction } = line({});
    const said = (language: string, of: string, foreign = false) =>
      languageLine({ language, prediction: { ...prediction, language: of, foreign } });
    expect(said('de', 'de')).toBe('German');
    expect(said('de', 'de', true)).toBe('German, no examples in it');
    expect(said('de', 'und')).toBe('German, as in the messages before');
    expect(said('und', 'und')).toBe('not clear');
  });
});

describe('what was remembered', () => {
  it.each([
    [{ similar: [], repeats: 0 }, 'No similar cases'],
    [{ similar: null }, 'No similar cases'],
    [{ similar: [], repeats: 2 }, 'Third contact about this, no similar cases'],
    [{ degraded: 'the database was slow' }, 'The past could not be asked'],
  ])('sums up to one line', (evidence, words) => {
    expect(rememberedLine(line({ evidence }))).toBe(words);
  });
  it('counts beyond the words it has', () => {
    expect(contactCount(11)).toBe('12th contact about this');
  });
  it.each([
    ['automatic', 'contact', '', 'Answered automatically, and it helped'],
    ['automatic', 'silence', '', 'Answered automatically, no more questions'],
    ['automatic', 'agent', 'Mia', 'Answered automatically, then resolved by Mia'],
    ['people', 'agent', 'Mia', 'Resolved by Mia'],
    ['people', 'agent', '', 'Resolved by a person'],
    ['people', 'contact', 'Mia', 'Answered by Mia, customer was satisfied'],
  ])('tells how a case ended: %s, %s', (handled, outcome, agent, words) => {
    expect(outcomeWords({ handled, outcome, agent })).toBe(words);
  });
});

describe('what was decided', () => {
  it.each([
    [{ route: 'agent', team: 'care', priority: 'urgent' }, 'People of Customer care, urgent'],
    [{ route: 'agent', team: 'other', priority: 'low' }, 'People of other, low priority'],
    [{ route: 'reply', state: 'done' }, 'Answered automatically'],
    [{ route: 'reply', state: 'withheld' }, 'Automatic answer withheld, people take it'],
    [{ route: 'resolve' }, 'Resolved: the customer says that it helped'],
  ] as [Partial<Decision>, string][])('%o', (d, words) => {
    expect(decidedLine(line(d), team)).toBe(words);
  });
});

describe('who got it', () => {
  const c = conversation({ team: 'care', agent: null });
  it('is the agent, with the cause', () => {
    expect(assignedLine(line({}), c, team, undefined)).toBe('Ben Okafor, given by the dispatcher');
  });
  it('is you when it is oneself', () => {
    expect(assignedLine(line({}), c, team, uuid(500))).toBe('You, given by the dispatcher');
    const mine = { ...c, agent: { id: uuid(500), name: 'Ben Okafor' } };
    expect(assignedLine(line({ assignment: null, route: 'agent' }), mine, team, uuid(500))).toBe(
      'Stays with you',
    );
  });
  it('is a queue while nobody has it, unless no person is needed', () => {
    const free: Partial<Decision> = { assignment: null };
    expect(assignedLine(line({ ...free, route: 'agent' }), c, team, undefined)).toBe(
      'Waits in the queue of Customer care',
    );
    expect(assignedLine(line({ ...free, route: 'reply' }), c, team, undefined)).toBe(
      'Nobody: no person was needed',
    );
    expect(assignedLine(line({ ...free, route: 'reply', state: 'withheld' }), c, team, undefined)).toBe(
      'Waits in the queue of Customer care',
    );
  });
  it('reads the trace, and nothing from one that is of another shape', () => {
    const one = { agent_id: '1', agent: 'Ben', chosen: true, why: '2 of 6 in hand' };
    expect(consideredOf({ considered: [one, { agent: 1 }] })).toEqual([one]);
    expect(consideredOf({})).toEqual([]);
    expect(consideredOf(null)).toEqual([]);
    expect(consideredOf({ considered: 'nobody' })).toEqual([]);
  });
});

describe('the words that mattered', () => {
  const text = (pieces: { text: string; weight: number }[]) =>
    pieces.filter((p) => p.weight).map((p) => p.text);
  it('are marked whole, in their own case', () => {
    const pieces = markWords('Money back, my MONEY!', [{ text: 'money', weight: 2 }]);
    expect(text(pieces)).toEqual(['Money', 'MONEY']);
    expect(pieces.map((p) => p.text).join('')).toBe('Money back, my MONEY!');
  });
  it('are not parts of other words', () => {
    expect(text(markWords('a refundable refund', [{ text: 'refund', weight: 1 }]))).toEqual(['refund']);
  });
  it('may be several in a row, and hold characters that patterns mean something by', () => {
    expect(
      text(
        markWords('my money  back', [
          { text: 'money back', weight: 1 },
          { text: 'money', weight: 1 },
        ]),
      ),
    ).toEqual(['money  back']);
    expect(text(markWords('why?! (now)', [{ text: '(now)', weight: 1 }]))).toEqual(['(now)']);
  });
  it('leave a text without them as it is', () => {
    expect(markWords('hello', [])).toEqual([{ text: 'hello', weight: 0 }]);
  });
});
