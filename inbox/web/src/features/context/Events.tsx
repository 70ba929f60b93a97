import { useState } from 'react';
import type { Context } from '@/api/shapes';
import { Age } from '@/parts/Age';
import styles from './ContextPanel.module.css';
import { tellEvent } from './tell';

const shownAtFirst = 5;

/** What the customer did elsewhere, newest first. */
export function Events({ events }: { events: Context['events'] }) {
  const [all, setAll] = useState(false);
  if (events.length === 0) {
    return <p className={styles.muted}>None known. Your systems tell them by POST /api/v1/track.</p>;
  }
  const newest = [...events].sort((a, b) => b.occurred_at.localeCompare(a.occurred_at));
  const shown = all ? newest : newest.slice(0, shownAtFirst);
  return (
    <>
      <ol className={styles.events}>
        {shown.map((e) => (
          <EventLine key={`${e.name} ${e.occurred_at} ${JSON.stringify(e.properties)}`} event={e} />
        ))}
      </ol>
      {newest.length > shown.length && (
        <button type="button" className={styles.more} onClick={() => setAll(true)}>
          Show {newest.length - shown.length} more
        </button>
      )}
    </>
  );
}

function EventLine({ event }: { event: Context['events'][number] }) {
  const told = tellEvent(event);
  return (
    <li className={styles.event}>
      <span className={styles.eventText}>
        <b>{told.title}</b>
        {told.facts.map((f) => ` · ${f}`)}
      </span>
      <Age at={event.occurred_at} className={styles.when} />
      {told.more.length > 0 && <span className={styles.eventMore}>{told.more.join(' · ')}</span>}
    </li>
  );
}
