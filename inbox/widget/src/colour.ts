type RGB = [number, number, number];

/** parseColour reads #rgb and #rrggbb; anything else is no colour to us. */
export function parseColour(text: string): RGB | undefined {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (!hex) return undefined;
  const full = hex.length === 3 ? [...hex].map((c) => c + c).join('') : hex;
  return [0, 2, 4].map((i) => Number.parseInt(full.slice(i, i + 2), 16)) as RGB;
}

/** contrast is the WCAG ratio of two colours. */
export function contrast(a: RGB, b: RGB): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function luminance(c: RGB): number {
  const [r, g, b] = c.map((v) => {
    const s = v / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }) as RGB;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const white: RGB = [255, 255, 255];
const black: RGB = [0, 0, 0];

export interface Accent {
  /** Behind text and icons. */
  fill: string;
  on: string;
}

/** accent makes a company's colour usable: the text on it is black or white, and the better of both is never below 4.5:1. */
export function accent(colour: string): Accent | undefined {
  const c = parseColour(colour);
  if (!c) return undefined;
  return {
    fill: `rgb(${c.join(' ')})`,
    on: `rgb(${(contrast(c, white) >= contrast(c, black) ? white : black).join(' ')})`,
  };
}
