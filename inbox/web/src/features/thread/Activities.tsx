import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { meQuery, teamsQuery } from '@/api/queries';
import type { Message } from '@/api/shapes';
import { clock, exact } from '@/parts/time';
import { activityText } from './activity';
import styles from './Entry.module.css';
import { foldAbove } from './lines';

/** What happened between messages: one muted line each, folded when there are many. */
export function Activities({ items }: { items: Message[] }) {
  const teams = useQuery(teamsQuery).data;
  const me = useQuery(meQuery).data?.name;
  const text = (m: Message) => activityText(m.payload, teams, me);
  const [open, setOpen] = useState(false);
  const folded = items.length > foldAbove && !open;
  const shown = folded ? items.slice(-1) : items;
  return (
    <div className={styles.activities}>
      {folded && (
        <button type="button" className={styles.unfold} onClick={() => setOpen(true)}>
          {items.length - 1} earlier changes
        </button>
      )}
      {shown.map((m) => (
        <div key={m.id} className={styles.activity}>
          <span title={text(m)}>{text(m)}</span>
          <time dateTime={m.created_at} title={exact(m.created_at)} className="tabular">
            {clock(m.created_at)}
          </time>
        </div>
      ))}
    </div>
  );
}
