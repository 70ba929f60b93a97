import { describe, expect, it } from 'vitest';
import { dayName, shortAge } from './time';

const now = new Date('2026-11-24T12:00:00').getTime();
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
const day = 24 * 60;

describe('times', () => {
  const ages: [number, string][] = [
    [0.5, 'now'],
    [4, '4 min'],
    [59, '59 min'],
    [60, '1 h'],
    [23 * 60, '23 h'],
    [2 * day, 'Sun'],
    [20 * day, '4 Nov'],
    [400 * day, '20 Oct 2025'],
  ];
  it.each(ages)('%d minutes ago is short for %s', (minutes, want) => {
    expect(shortAge(ago(minutes), now, 'en-GB')).toBe(want);
  });
  const days: [number, string][] = [
    [60, 'Today'],
    [day, 'Yesterday'],
    [3 * day, 'Saturday'],
    [20 * day, 'Wednesday 4 November'],
    [400 * day, 'Monday 20 October 2025'],
  ];
  it.each(days)('%d minutes ago is on %s', (minutes, want) => {
    expect(dayName(ago(minutes), now, 'en-GB').replace(',', '')).toBe(want);
  });
});
