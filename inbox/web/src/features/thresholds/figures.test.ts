import { describe, expect, it } from 'vitest';
import type { ThresholdRow } from '@/api/shapes';
import {
  axisEnd,
  rateWords,
  readThreshold,
  showThreshold,
  sortRows,
  totals,
  wilson,
  withThreshold,
} from './figures';

const row = (r: Partial<ThresholdRow>): ThresholdRow => ({
  intent: 'a',
  name: 'A',
  route: 'reply',
  template: 'a',
  team: 'care',
  threshold: 0.7,
  volume: 0,
  automatic: 0,
  wrong: 0,
  wrong_known: 0,
  ...r,
});

describe("Wilson's interval", () => {
  // Values from the formula worked out by hand with z = 1.959964.
  it.each([
    [2, 31, 0.01786, 0.2072],
    [0, 10, 0, 0.27753],
    [10, 10, 0.72247, 1],
    [50, 100, 0.40383, 0.59617],
    [1, 1, 0.20655, 1],
  ])('of %i in %i', (hits, of, low, high) => {
    const i = wilson(hits, of)!;
    expect(i.low).toBeCloseTo(low, 4);
    expect(i.high).toBeCloseTo(high, 4);
  });
  it('is nothing when nothing is known, or the counts make no sense', () => {
    expect(wilson(0, 0)).toBeUndefined();
    expect(wilson(3, 2)).toBeUndefined();
    expect(wilson(-1, 2)).toBeUndefined();
    expect(wilson(Number.NaN, Number.NaN)).toBeUndefined();
  });
  it('always holds the rate and stays between 0 and 1', () => {
    for (let of = 1; of < 60; of++) {
      for (let hits = 0; hits <= of; hits++) {
        const i = wilson(hits, of)!;
        expect(i.low).toBeGreaterThanOrEqual(0);
        expect(i.high).toBeLessThanOrEqual(1);
        expect(i.low).toBeLessThanOrEqual(hits / of);
        expect(i.high).toBeGreaterThanOrEqual(hits / of);
      }
    }
  });
});

describe('a rate in words', () => {
  it('comes with its uncertainty', () => {
    expect(rateWords(2, 31)).toBe('6.5\u202f% (1.8–21)');
    expect(rateWords(0, 10)).toBe('0\u202f% (0–28)');
    expect(rateWords(0, 0)).toBe('not known yet');
  });
});

describe('the axis of the intervals', () => {
  it('ends where three in four fit', () => {
    const narrow = { wrong: 0, wrong_known: 200 };
    expect(axisEnd([narrow, narrow, narrow, narrow, { wrong: 1, wrong_known: 2 }])).toBe(0.1);
    expect(axisEnd([])).toBe(0.1);
    expect(axisEnd([{ wrong: 2, wrong_known: 200 }])).toBe(0.1);
    expect(axisEnd([{ wrong: 2, wrong_known: 31 }])).toBe(0.4);
    expect(axisEnd([{ wrong: 1, wrong_known: 1 }])).toBe(1);
  });
});

describe('a threshold that is typed', () => {
  it.each([
    ['70', 0.7],
    ['72,5 %', 0.725],
    [' 100 ', 1],
    ['0.01', 0.0001],
  ])('%s', (text, share) => {
    expect(readThreshold(text)).toBe(share);
  });
  it.each(['', '0', '-5', '101', 'x', 'NaN'])('%o is none', (text) => {
    expect(readThreshold(text)).toBeUndefined();
  });
  it('reads as it is shown', () => {
    for (const share of [0.7, 0.725, 0.07, 0.57, 1]) expect(readThreshold(showThreshold(share))).toBe(share);
  });
});

describe('the draft', () => {
  it('holds what differs, and forgets what is back where it was', () => {
    const changed = withThreshold({}, row({}), 0.8);
    expect(changed).toEqual({ a: 0.8 });
    expect(withThreshold(changed, row({}), 0.7)).toEqual({});
    expect(withThreshold(changed, row({ intent: 'b' }), 0.9)).toEqual({ a: 0.8, b: 0.9 });
  });
});

describe('rows', () => {
  const rows = [
    row({ name: 'B', volume: 10, automatic: 5, wrong: 1, wrong_known: 4 }),
    row({ name: 'A', volume: 0 }),
    row({ name: 'C', volume: 20, automatic: 5, wrong: 0, wrong_known: 3 }),
  ];
  const names = (by: Parameters<typeof sortRows>[1]) =>
    sortRows(rows, by)
      .map((r) => r.name)
      .join('');
  it('sort by each column, those of which nothing is known last', () => {
    expect([names('name'), names('volume'), names('automatic'), names('wrong')]).toEqual([
      'ABC',
      'CBA',
      'BCA',
      'BCA',
    ]);
  });
  it('add up', () => {
    expect(totals(rows)).toEqual({ volume: 30, automatic: 10, wrong: 1, known: 7 });
    expect(totals([])).toEqual({ volume: 0, automatic: 0, wrong: 0, known: 0 });
  });
});
