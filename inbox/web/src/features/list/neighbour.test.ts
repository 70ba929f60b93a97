import { describe, expect, it } from 'vitest';
import { afterLeaving, neighbour } from './neighbour';

const ids = ['a', 'b', 'c'];

describe('moving in a list', () => {
  it('goes one step and stops at the ends', () => {
    expect(neighbour(ids, 'a', 1)).toBe('b');
    expect(neighbour(ids, 'b', -1)).toBe('a');
    expect(neighbour(ids, 'c', 1)).toBeUndefined();
  });
  it('starts at an end when nothing, or something else, is selected', () => {
    expect(neighbour(ids, undefined, 1)).toBe('a');
    expect(neighbour(ids, 'gone', -1)).toBe('c');
    expect(neighbour([], undefined, 1)).toBeUndefined();
  });
  it('goes on to the next after one leaves, and back from the last', () => {
    expect(afterLeaving(ids, 'b')).toBe('c');
    expect(afterLeaving(ids, 'c')).toBe('b');
    expect(afterLeaving(['a'], 'a')).toBeUndefined();
  });
});
