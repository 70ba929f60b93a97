import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast, shapes, texts, tokensOf } from './contrast';

const css = readFileSync('src/styles/tokens.css', 'utf8');

const light = tokensOf(css, 'light');
const dark = tokensOf(css, 'dark');

const pairs = (list: [string, string[]][]) => list.flatMap(([fg, bgs]) => bgs.map((bg) => [fg, bg] as const));

describe.each([
  ['light', light],
  ['dark', dark],
])('in the %s theme', (_, tokens) => {
  it('every role of a colour is defined', () => {
    expect(tokens.size).toBeGreaterThan(50);
    for (const [name] of light) expect(tokens.get(name), name).toBeTruthy();
  });
  it.each(pairs(texts))('%s can be read on %s', (fg, bg) => {
    expect(contrast(tokens.get(fg)!, tokens.get(bg)!)).toBeGreaterThanOrEqual(4.5);
  });
  it.each(pairs(shapes))('%s can be seen on %s', (fg, bg) => {
    expect(contrast(tokens.get(fg)!, tokens.get(bg)!)).toBeGreaterThanOrEqual(3);
  });
});

it('the themes differ', () => {
  expect(light.get('--surface-0')).not.toBe(dark.get('--surface-0'));
});

describe('the sum', () => {
  it('knows black on white and a grey', () => {
    expect(contrast('oklch(0 0 0)', 'oklch(1 0 0)')).toBeCloseTo(21, 1);
    expect(contrast('oklch(0% 0 0)', 'oklch(100% 0 0deg)')).toBeCloseTo(21, 1);
    expect(contrast('oklch(0.5658 0 0)', 'oklch(1 0 0)')).toBeCloseTo(4.54, 1); // #767676, the lightest grey that passes
  });
  it('is silent on what it cannot read', () => {
    expect(contrast('oklch(0.2 0.02 240 / 0.35)', 'oklch(1 0 0)')).toBeUndefined();
    expect(contrast('white', 'black')).toBeUndefined();
  });
});

describe('components', () => {
  it('take colours from the tokens alone', () => {
    const own = /#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|oklch\(/i;
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((f) =>
      f.endsWith('.module.css'),
    );
    const guilty = files.filter((f) => own.test(readFileSync(`src/${f}`, 'utf8')));
    expect(files.length).toBeGreaterThan(10);
    expect(guilty).toEqual([]);
  });
});
