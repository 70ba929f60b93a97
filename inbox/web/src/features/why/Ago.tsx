import { exact, shortAge, useNow } from '@/parts/time';

/** How long ago, as the end of a sentence: `3 min ago`, `just now`, `on Tue`. The exact time is on hover. */
export function Ago({ at }: { at: string }) {
  const age = shortAge(at, useNow());
  const words = age === 'now' ? 'just now' : / (min|h)$/.test(age) ? `${age} ago` : `on ${age}`;
  return (
    <time dateTime={at} title={exact(at)} className="tabular">
      {words}
    </time>
  );
}
