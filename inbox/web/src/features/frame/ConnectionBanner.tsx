import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useWaitingCount } from '@/features/composer/outbox';
import { useLiveState } from '@/live/useLive';
import styles from './ConnectionBanner.module.css';

/** How long a loss has to last before it is said: a reload of the server is no news. */
const patience = 1500;

/** Says that the connection is lost, what is safe and what waits. */
export function ConnectionBanner() {
  const { state, retry } = useLiveState();
  const waiting = useWaitingCount();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (state !== 'lost') {
      setLost(false);
      return;
    }
    const timer = setTimeout(() => setLost(true), patience);
    return () => clearTimeout(timer);
  }, [state]);
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
