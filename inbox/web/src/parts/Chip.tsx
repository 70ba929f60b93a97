import type { ReactNode } from 'react';
import styles from './Chip.module.css';

export type Tone = 'plain' | 'accent' | 'ok' | 'warn' | 'danger';

/** A short fact. Tones other than plain are for status only. */
export function Chip({
  tone = 'plain',
  children,
  title,
}: {
  tone?: Tone;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span className={styles.chip} data-tone={tone} title={title}>
      <span>{children}</span>
    </span>
  );
}
