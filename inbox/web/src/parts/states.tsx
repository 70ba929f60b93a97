// What a pane shows when it has nothing to show: loading, empty, failed.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './states.module.css';
import { sentence } from './words';

/** One sentence and the next action. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles.state}>
      <strong>{title}</strong>
      {children && <p>{children}</p>}
      {action && <div className={styles.actions}>{action}</div>}
    </div>
  );
}

type FailedProps = { what: string; error: unknown; onRetry?: () => void; action?: ReactNode };

/** What failed, why, and a way to try again, or another way on. */
export function Failed({ what, error, onRetry, action }: FailedProps) {
  return (
    <div className={styles.state} role="alert">
      <strong>{what}</strong>
      <p>{error instanceof Error ? sentence(error.message) : 'Something unexpected happened.'}</p>
      {(onRetry || action) && (
        <div className={styles.actions}>
          {onRetry && <Button onClick={onRetry}>Try again</Button>}
          {action}
        </div>
      )}
    </div>
  );
}

/** Room for a line that is loading; visible after 100 ms. */
export function Bone({ width = '100%', height = 12 }: { width?: number | string; height?: number }) {
  return <span className={styles.bone} style={{ width, height }} aria-hidden="true" />;
}
