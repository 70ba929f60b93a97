// The arithmetic of the thresholds page.
import type { ThresholdRow } from '@/api/shapes';

export type Interval = { low: number; high: number };

const z = 1.959964; // 95 %

/** Where the true rate lies with 95 % confidence (Wilson's score interval); nothing when nothing is known. */
export function wilson(hits: number, of: number): Interval | undefined {
  if (!(of > 0) || hits < 0 || hits > of) return undefined;
  const p = hits / of;
  const z2 = z * z;
  const middle = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (z / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  return {
    low: hits === 0 ? 0 : Math.max(0, middle - half),
    high: hits === of ? 1 : Math.min(1, middle + half),
  };
}

const digits = (share: number) => (share > 0 && share < 0.095 ? 1 : 0);
const number = (share: number) => {
  const n = share * 100;
  return n === 0 ? '0' : n.toFixed(digits(share));
};

/** `4.1 % (2.9–5.8)`: a rate with its interval. */
export function rateWords(hits: number, of: number): string {
  const i = wilson(hits, of);
  if (!i) return 'not known yet';
  return `${number(hits / of)}\u202f% (${number(i.low)}–${number(i.high)})`;
}

/** Where the axis of all intervals ends: the first of 10, 20, 40, 60, 100 % that holds three in four. Those of which too little is known to fit are cut off. */
export function axisEnd(rows: readonly Pick<ThresholdRow, 'wrong' | 'wrong_known'>[]): number {
  const highs = rows
    .map((r) => wilson(r.wrong, r.wrong_known)?.high)
    .filter((h) => h !== undefined)
    .sort((a, b) => a - b);
  const most = highs[Math.floor((highs.length - 1) * 0.75)] ?? 0;
  return [0.1, 0.2, 0.4, 0.6].find((end) => most <= end) ?? 1;
}

export type Totals = { volume: number; automatic: number; wrong: number; known: number };

export const totals = (rows: readonly ThresholdRow[]): Totals =>
  rows.reduce(
    (t, r) => ({
      volume: t.volume + r.volume,
      automatic: t.automatic + r.automatic,
      wrong: t.wrong + r.wrong,
      known: t.known + r.wrong_known,
    }),
    { volume: 0, automatic: 0, wrong: 0, known: 0 },
  );

/** What a person typed as a threshold in percent, as a share; nothing when it is none. */
export function readThreshold(text: string): number | undefined {
  const n = Number(text.trim().replace(',', '.').replace(/\s*%$/, ''));
  if (text.trim() === '' || !Number.isFinite(n) || n <= 0 || n > 100) return undefined;
  return Math.round(n * 100) / 10_000;
}

/** A threshold as a person types it: `72.5`. */
export const showThreshold = (share: number): string => String(Math.round(share * 10_000) / 100);

export type Draft = Readonly<Record<string, number>>;

/** The draft with one threshold more; back at the live value it is no change. */
export function withThreshold(
  draft: Draft,
  row: Pick<ThresholdRow, 'intent' | 'threshold'>,
  share: number,
): Draft {
  const { [row.intent]: _, ...rest } = draft;
  return Math.abs(share - row.threshold) < 1e-9 ? rest : { ...rest, [row.intent]: share };
}

export type Sort = 'name' | 'volume' | 'automatic' | 'wrong';

const share = (part: number, of: number) => (of > 0 ? part / of : -1);

/** Rows by a column: names upward, numbers downward; rows of which nothing is known last. */
export function sortRows(rows: readonly ThresholdRow[], by: Sort): ThresholdRow[] {
  const value: Record<Exclude<Sort, 'name'>, (r: ThresholdRow) => number> = {
    volume: (r) => r.volume,
    automatic: (r) => share(r.automatic, r.volume),
    wrong: (r) => share(r.wrong, r.wrong_known),
  };
  const byName = (a: ThresholdRow, b: ThresholdRow) => a.name.localeCompare(b.name);
  if (by === 'name') return [...rows].sort(byName);
  return [...rows].sort((a, b) => value[by](b) - value[by](a) || byName(a, b));
}
