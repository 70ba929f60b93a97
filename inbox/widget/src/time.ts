const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const dateWithYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

export const timeWords = (at: Date): string => clock.format(at);
export const exactWords = (at: Date): string => exact.format(at);

const midnight = (d: Date) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();

/** dayWords names a day as people do: today, yesterday, a weekday within the week, else a date. */
export function dayWords(day: Date, now: Date): string {
  const ago = Math.round((midnight(now) - midnight(day)) / 86_400_000);
  if (ago <= 0) return 'Today';
  if (ago === 1) return 'Yesterday';
  if (ago < 7) return weekday.format(day);
  return (day.getFullYear() === now.getFullYear() ? date : dateWithYear).format(day);
}
