import { exact, shortAge, useNow } from './time';

/** How long ago something was, with the exact time on hover. */
export function Age({ at, className }: { at: string; className?: string | undefined }) {
  return (
    <time dateTime={at} title={exact(at)} className={`tabular ${className ?? ''}`}>
      {shortAge(at, useNow())}
    </time>
  );
}
