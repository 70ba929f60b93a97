// Times as people read them: relative under a day, with the exact time on hover.
import { useSyncExternalStore } from 'react';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago, short: `now`, `4 min`, `3 h`, `Tue`, `12 Nov`, `12 Nov 2025`. */
export function shortAge(at: string, now: number, locale?: string): string {
  const then = new Date(at).getTime();
  const age = now - then;
  if (age < minute) return 'now';
  if (age < hour) return `${Math.floor(age / minute)} min`;
  if (age < day) return `${Math.floor(age / hour)} h`;
  if (age < 6 * day) return new Intl.DateTimeFormat(locale, { weekday: 'short' }).format(then);
  const sameYear = new Date(now).getFullYear() === new Date(then).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(then);
}

export const clock = (at: string, locale?: string): string =>
  new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(at));

export const exact = (at: string, locale?: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(at));

const dayStart = (t: number) => new Date(t).setHours(0, 0, 0, 0);

/** The day of a time: `Today`, `Yesterday`, `Tuesday`, `Tuesday 12 November`. */
export function dayName(at: string, now: number, locale?: string): string {
  const then = new Date(at).getTime();
  const days = Math.round((dayStart(now) - dayStart(then)) / day);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days > 1 && days < 7) return new Intl.DateTimeFormat(locale, { weekday: 'long' }).format(then);
  const sameYear = new Date(now).getFullYear() === new Date(then).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(then);
}

export const sameDay = (a: string, b: string): boolean =>
  dayStart(new Date(a).getTime()) === dayStart(new Date(b).getTime());

// One clock for the whole page: it ticks every half minute and only while somebody looks.
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(tell: () => void) {
  listeners.add(tell);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const t of listeners) t();
  }, 30_000);
  return () => {
    listeners.delete(tell);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time now, renewed every half minute. */
export function useNow(): number {
  if (!timer) now = Date.now();
  return useSyncExternalStore(subscribe, () => now);
}
