import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Template } from '@/api/shapes';
import styles from './Templates.module.css';
import { asText, type Content, compareLines } from './templates';

type Props = { begun: number; saved: Template; draft: Content };

/** Says that somebody saved another version after a change began, and shows what is different. */
export function Overtaken({ begun, saved, draft }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <div className={styles.overtaken}>
      <p role="alert">
        Version {saved.version} was saved after you began with version {begun}. Saving yours takes its place.
      </p>
      <Button onClick={() => setOpen(!open)} aria-expanded={open}>
        {open ? 'Hide the comparison' : 'Compare'}
      </Button>
      {open && (
        <ol className={styles.comparison} aria-label="Comparison">
          {compareLines(asText(saved), asText(draft)).map((l, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
            <li key={i} data-in={l.in}>
              {l.in !== 'both' && <span className={styles.whose}>{l.in === 'one' ? 'saved' : 'yours'}</span>}
              {l.text}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
