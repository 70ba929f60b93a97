import { describe, expect, it } from 'vitest';
import { nextLabel } from '@/test/shapes';
import { choices, nextUnlabelled } from './label';

const items = [1, 2, 3].map((n) => nextLabel({ decision_id: `d${n}` }));

describe('labelling', () => {
  it('goes on to the next message without a label, round the end', () => {
    expect(nextUnlabelled(items, {}, 0)).toBe(0);
    expect(nextUnlabelled(items, { d1: 'oos' }, 0)).toBe(1);
    expect(nextUnlabelled(items, { d3: 'oos', d2: 'oos' }, 2)).toBe(0);
  });
  it('stays when all have one', () => {
    expect(nextUnlabelled(items, { d1: 'a', d2: 'b', d3: 'c' }, 1)).toBe(1);
    expect(nextUnlabelled(items, { d1: 'a', d2: 'b', d3: 'c' }, 3)).toBe(2);
  });
  it('gives keys to three readings at most', () => {
    const readings = ['a', 'b', 'c', 'd'].map((intent) => ({ intent, chance: 0.2 }));
    expect(choices(nextLabel({ readings })).map((r) => r.intent)).toEqual(['a', 'b', 'c']);
  });
});
