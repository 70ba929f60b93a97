import { Button } from '@mantine/core';
import { useWaitingCount } from '@/features/composer/outbox';
import { useLiveState } from '@/live/useLive';
import styles from './ConnectionBanner.module.css';

/** Says that the connection is lost, what is safe and what waits. */
export function ConnectionBanner() {
  const { lost, retry } = useLiveState();
  const waiting = useWaitingCount();
  if (!lost) return null;
  return (
    <div className={styles.banner} role="status">
      <span>
        No connection. Go on typing: nothing is lost
        {waiting > 0 &&
          `, and ${waiting} ${waiting === 1 ? 'message goes' : 'messages go'} out when it is back`}
        .
      </span>
      <Button variant="subtle" onClick={retry}>
        Try now
      </Button>
    </div>
  );
}
