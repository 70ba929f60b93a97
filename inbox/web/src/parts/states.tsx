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

/** What failed, why, and a way to try again. */
export function Failed({ what, error, onRetry }: { what: string; error: unknown; onRetry?: () => void }) {
  return (
    <div className={styles.state} role="alert">
      <strong>{what}</strong>
      <p>{error instanceof Error ? sentence(error.message) : 'Something unexpected happened.'}</p>
      {onRetry && (
        <div className={styles.actions}>
          <Button onClick={onRetry}>Try again</Button>
        </div>
      )}
    </div>
  );
}

/** Room for a line that is loading; visible after 100 ms. */
export function Bone({ width = '100%', height = 12 }: { width?: number | string; height?: number }) {
  return <span className={styles.bone} style={{ width, height }} aria-hidden="true" />;
}
