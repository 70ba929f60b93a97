import { describe, expect, it } from 'vitest';
import type { VectorSpace } from '@/api/shapes';
import { aboutLeft, fillWords, placeOf } from './vectors';

const space = (s: Partial<VectorSpace>): VectorSpace => ({
  model: 'm',
  numbers: 512,
  wanted: false,
  fall_back: false,
  serves: false,
  complete: false,
  past: 12_000,
  done: 1_203,
  waiting: 0,
  left_seconds: 0,
  ...s,
});

describe('the vectors of a model', () => {
  it.each([
    [{ serves: true, wanted: true }, 'Compared by'],
    [{ serves: true, fall_back: true }, 'Compared by'],
    [{ fall_back: true }, 'Without it, by'],
    [{ wanted: true }, 'Moving on to'],
    [{}, 'Kept for now:'],
  ])('have a place: %j', (s, words) => {
    expect(placeOf(space(s))).toBe(words);
  });
  it.each([
    [4, 'about a minute left'],
    [100, 'about 2 minutes left'],
    [3_600, 'about 60 minutes left'],
    [10_000, 'about 3 hours left'],
  ])('take a while: %d s', (seconds, words) => {
    expect(aboutLeft(seconds)).toBe(words);
  });
  it('say how far they are, and how long it takes once that is known', () => {
    expect(fillWords(space({}))).toBe('1,203 of 12,000 messages and cases of the past');
    expect(fillWords(space({ left_seconds: 100 }))).toBe(
      '1,203 of 12,000 messages and cases of the past, about 2 minutes left',
    );
  });
});
