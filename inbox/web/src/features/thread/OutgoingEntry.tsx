import { Button } from '@mantine/core';
import { Clock, TriangleAlert } from 'lucide-react';
import { type Outgoing, outbox } from '@/features/composer/outbox';
import { sentence } from '@/parts/words';
import { Body } from './Entry';
import styles from './Entry.module.css';

const states = { sending: 'Sending', waiting: 'Goes out when the connection is back', failed: 'Not sent' };

/** What was sent from here and is not confirmed yet, and what to do when it was refused. */
export function OutgoingEntry({ entry: e }: { entry: Outgoing }) {
  const failed = e.state === 'failed';
  const Icon = failed ? TriangleAlert : Clock;
  return (
    <article
      className={styles.entry}
      data-side="right"
      data-kind={e.kind === 'note' ? 'note' : 'outbound'}
      data-pending={!failed || undefined}
    >
      <Body text={e.text} />
      <div className={`${styles.foot} ${failed ? styles.failed : ''}`} role={failed ? 'alert' : undefined}>
        <Icon size={13} aria-hidden="true" />
        <span>
          {states[e.state]}
          {failed && e.error && `. ${sentence(e.error)}`}
        </span>
        {failed && (
          <>
            <Button size="compact-xs" onClick={() => outbox.retry(e.clientId)}>
              Send again
            </Button>
            <Button size="compact-xs" variant="subtle" onClick={() => outbox.discard(e.clientId)}>
              Discard
            </Button>
          </>
        )}
      </div>
    </article>
  );
}
