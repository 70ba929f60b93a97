// The tokens as they are written: their values by theme, which is meant to be read or seen on which, and how well it
// can be (WCAG 2 contrast).

/** Tokens set in the first block that a selector opens. */
function block(css: string, selector: RegExp): [string, string][] {
  const from = css.search(selector);
  const body = from < 0 ? '' : css.slice(from, css.indexOf('}', from));
  return [...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((m) => [m[1] ?? '', (m[2] ?? '').trim()]);
}

/** The value of every token in a theme, from the text of tokens.css. */
export function tokensOf(css: string, theme: 'light' | 'dark'): Map<string, string> {
  const light = block(css, /:root \{/);
  const dark = theme === 'dark' ? block(css, /:root\[data-mantine-color-scheme=["']dark["']\] \{/) : [];
  return new Map([...light, ...dark]);
}

/** Relative luminance of an opaque oklch() colour, clipped to sRGB as browsers clip it; nothing for another text. */
export function luminance(colour: string): number | undefined {
  const m = colour.trim().match(/^oklch\(([\d.]+)(%?) ([\d.]+) ([\d.]+)(?:deg)?\)$/);
  if (!m) return undefined;
  const L = Number(m[1]) / (m[2] ? 100 : 1);
  const C = Number(m[3]);
  const h = (Number(m[4]) * Math.PI) / 180;
  const a = C * Math.cos(h);
  const b = C * Math.sin(h);
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const mm = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (x: number) => Math.min(1, Math.max(0, x));
  const red = clip(4.0767416621 * l - 3.3077115913 * mm + 0.2309699292 * s);
  const green = clip(-1.2684380046 * l + 2.6097574011 * mm - 0.3413193965 * s);
  const blue = clip(-0.0041960863 * l - 0.7034186147 * mm + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1, the same, to 21, black on white; nothing when one of them is no opaque oklch(). */
export function contrast(a: string, b: string): number | undefined {
  const [x, y] = [luminance(a), luminance(b)];
  if (x === undefined || y === undefined) return undefined;
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const surfaces = ['--surface-0', '--surface-1', '--surface-2', '--surface-hover'];
const tints = ['--accent-quiet', '--note', '--automatic', '--inbound', '--outbound'];

/** Text, and what it stands on: 4.5 to 1 at least. */
export const texts: [string, string[]][] = [
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
export const shapes: [string, string[]][] = [
  ['--icon', [...surfaces, '--accent-quiet']],
  ['--border-strong', ['--surface-0', '--surface-1']],
  ['--danger', ['--accent-quiet', '--surface-hover']],
  ['--warn', ['--accent-quiet', '--surface-hover']],
  ['--before', ['--surface-1']],
  ['--after', ['--surface-1']],
];
