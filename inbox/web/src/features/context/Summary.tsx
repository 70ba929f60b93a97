import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { PenLine } from 'lucide-react';
import { chatModelQuery, keys, summaryQuery } from '@/api/queries';
import type { Conversation, Summary as Written } from '@/api/shapes';
import { sentence } from '@/parts/words';
import styles from './ContextPanel.module.css';

const abouts = [
  { about: 'wants', label: 'Wants' },
  { about: 'tried', label: 'Tried' },
  { about: 'open', label: 'Open' },
] as const;

/** The conversation in three to five lines, written by a model when somebody asks for it. Nothing without a model. */
export function Summary({ conversation: c }: { conversation: Conversation }) {
  const model = useQuery(chatModelQuery).data;
  const queries = useQueryClient();
  const summary = useQuery(summaryQuery(c.id));
  if (!model) return null;
  const busy = summary.isFetching;
  const stale = summary.data !== undefined && summary.data.last_seq < c.last_seq;
  const cancel = () => void queries.cancelQueries({ queryKey: keys.summary(c.id) });
  return (
    <section className={styles.section} aria-busy={busy}>
      <h3 className={styles.title}>
        Summary
        {busy ? (
          <Button className={styles.act ?? ''} size="compact-xs" onClick={cancel}>
            Cancel
          </Button>
        ) : (
          (!summary.data || stale) && (
            <Button className={styles.act ?? ''} size="compact-xs" onClick={() => void summary.refetch()}>
              {summary.data ? 'Sum up again' : 'Sum up'}
            </Button>
          )
        )}
      </h3>
      <div aria-live="polite" className={styles.summary}>
        {busy && <p className={styles.muted}>{model} is reading the conversation.</p>}
        {!busy && summary.isError && <p className={styles.failed}>{sentence(summary.error.message)}</p>}
        {summary.data && <Lines summary={summary.data} />}
        {stale && !busy && <p className={styles.muted}>Something was added since.</p>}
        {!summary.data && !busy && !summary.isError && (
          <p className={styles.muted}>What the customer wants, what was tried, what is open.</p>
        )}
      </div>
    </section>
  );
}

function Lines({ summary }: { summary: Written }) {
  return (
    <>
      <dl className={styles.summed}>
        {abouts.map(({ about, label }) => (
          <div key={about}>
            <dt>{label}</dt>
            {summary.lines
              .filter((l) => l.about === about)
              .map((l) => (
                <dd key={l.text}>{l.text}</dd>
              ))}
          </div>
        ))}
      </dl>
      <p className={styles.by}>
        <PenLine size={12} aria-hidden="true" />
        Written by {summary.model}, which may be wrong
      </p>
    </>
  );
}
