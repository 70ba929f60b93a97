// Labelling: what can be said of a message, and where the cursor goes.
import type { NextLabel } from '@/api/shapes';

/** What a label says when none of the intents fits. */
export const noneFits = 'oos';

/** How many readings have a key of their own: 1 to 3. */
export const keyedReadings = 3;

/** The likeliest readings, which the keys 1 to 3 choose. */
export const choices = (item: NextLabel) => item.readings.slice(0, keyedReadings);

export type Labels = Readonly<Record<string, string>>;

/** The next message without a label, from a place on, then from the beginning; the place itself when all have one. */
export function nextUnlabelled(items: readonly NextLabel[], labels: Labels, from: number): number {
  for (let i = 0; i < items.length; i++) {
    const at = (from + i) % items.length;
    if (!labels[items[at]!.decision_id]) return at;
  }
  return Math.min(from, items.length - 1);
}
