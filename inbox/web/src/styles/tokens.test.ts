import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/styles/tokens.css', 'utf8');

/** Tokens set in the first block that a selector opens. */
function block(selector: string): Map<string, string> {
  const from = css.indexOf(`${selector} {`);
  const body = css.slice(from, css.indexOf('}', from));
  return new Map([...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((m) => [m[1]!, m[2]!.trim()]));
}

const light = block('  :root');
const dark = new Map([...light, ...block(":root[data-mantine-color-scheme='dark']")]);

/** Relative luminance (WCAG 2) of an opaque oklch() colour, clipped to sRGB as browsers clip it. */
function luminance(colour: string): number {
  const m = colour.match(/^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/);
  if (!m) throw new Error(`${colour} is no opaque oklch()`);
  const [L, C, h] = m.slice(1).map(Number) as [number, number, number];
  const a = C * Math.cos((h * Math.PI) / 180);
  const b = C * Math.sin((h * Math.PI) / 180);
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const mm = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (x: number) => Math.min(1, Math.max(0, x));
  const red = clip(4.0767416621 * l - 3.3077115913 * mm + 0.2309699292 * s);
  const green = clip(-1.2684380046 * l + 2.6097574011 * mm - 0.3413193965 * s);
  const blue = clip(-0.0041960863 * l - 0.7034186147 * mm + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
}

const surfaces = ['--surface-0', '--surface-1', '--surface-2', '--surface-hover'];
const tints = ['--accent-quiet', '--note', '--automatic', '--inbound', '--outbound'];

/** Text, and what it stands on: 4.5 to 1 at least. */
const texts: [string, string[]][] = [
  ['--text-strong', [...surfaces, ...tints, '--danger-quiet', '--warn-quiet', '--ok-quiet']],
  ['--text', [...surfaces, ...tints]],
  ['--text-muted', [...surfaces, ...tints]],
  ['--accent', [...surfaces, ...tints]],
  ['--on-accent', ['--accent', '--accent-hover']],
  ['--automatic-line', ['--surface-1']],
  ['--danger', ['--surface-1', '--surface-2', '--danger-quiet']],
  ['--warn', ['--surface-1', '--surface-2', '--warn-quiet']],
  ['--ok', ['--surface-1', '--surface-2', '--ok-quiet']],
];
/** Icons, lines of controls and marks: 3 to 1 at least. */
const shapes: [string, string[]][] = [
  ['--icon', [...surfaces, '--accent-quiet']],
  ['--border-strong', ['--surface-0', '--surface-1']],
  ['--danger', ['--accent-quiet', '--surface-hover']],
  ['--warn', ['--accent-quiet', '--surface-hover']],
  ['--before', ['--surface-1']],
  ['--after', ['--surface-1']],
];

const pairs = (list: [string, string[]][]) => list.flatMap(([fg, bgs]) => bgs.map((bg) => [fg, bg] as const));

describe.each([
  ['light', light],
  ['dark', dark],
])('in the %s theme', (_, tokens) => {
  it('every role of a colour is defined', () => {
    for (const [name] of light) expect(tokens.get(name), name).toBeTruthy();
  });
  it.each(pairs(texts))('%s can be read on %s', (fg, bg) => {
    expect(contrast(tokens.get(fg)!, tokens.get(bg)!)).toBeGreaterThanOrEqual(4.5);
  });
  it.each(pairs(shapes))('%s can be seen on %s', (fg, bg) => {
    expect(contrast(tokens.get(fg)!, tokens.get(bg)!)).toBeGreaterThanOrEqual(3);
  });
});

describe('the sum', () => {
  it('knows black on white and a grey', () => {
    expect(contrast('oklch(0 0 0)', 'oklch(1 0 0)')).toBeCloseTo(21, 1);
    expect(contrast('oklch(0.5658 0 0)', 'oklch(1 0 0)')).toBeCloseTo(4.54, 1); // #767676, the lightest grey that passes
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
