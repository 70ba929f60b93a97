import { describe, expect, it } from 'vitest';
import { type Press, prefixWait, read, shortcuts } from './keymap';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  typing: false,
  ...more,
});

describe('the key map', () => {
  it('has each key once', () => {
    const keys = shortcuts.map((s) => s.keys.join(' '));
    expect(new Set(keys).size).toBe(keys.length);
  });
  it('has no single key that hides the start of two', () => {
    const starts = shortcuts.filter((s) => s.keys.length === 2).map((s) => s.keys[0]);
    const singles: string[] = shortcuts.filter((s) => s.keys.length === 1).map((s) => s.keys[0]);
    expect(starts.filter((k) => singles.includes(k!))).toEqual([]);
  });
  it('finds single keys, in capitals too', () => {
    expect(read(press('j'), undefined, 0).id).toBe('next');
    expect(read(press('E'), undefined, 0).id).toBe('resolve');
    expect(read(press('?'), undefined, 0).id).toBe('help');
  });
  it('is silent while somebody types', () => {
    expect(read(press('e', { typing: true }), undefined, 0)).toEqual({});
  });
  it.each(['ctrlKey', 'metaKey', 'altKey'] as const)('leaves %s with a letter to the browser', (mod) => {
    expect(read(press('r', { [mod]: true }), undefined, 0)).toEqual({});
  });
  it('takes characters that a layout writes with AltGr', () => {
    expect(read(press('#', { ctrlKey: true, altKey: true }), undefined, 0).id).toBe('template');
  });
  it('waits for the letter after g, for a while', () => {
    const { prefix } = read(press('g'), undefined, 100);
    expect(read(press('a'), prefix, 200).id).toBe('goAll');
    expect(read(press('a'), prefix, 100 + prefixWait + 1).id).toBe('take');
    expect(read(press('z'), prefix, 200)).toEqual({});
  });
});
