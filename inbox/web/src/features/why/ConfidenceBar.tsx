import { percent } from '@/parts/words';
import styles from './ConfidenceBar.module.css';

/** How sure, on a bar with the mark from where an automatic answer is allowed. */
export function ConfidenceBar({ confidence, threshold }: { confidence: number; threshold: number }) {
  const enough = confidence >= threshold;
  return (
    <span
      className={styles.bar}
      role="img"
      aria-label={`Confidence ${percent(confidence)}, needed ${percent(threshold)}`}
    >
      <span className={styles.track}>
        <span className={styles.fill} data-enough={enough} style={{ width: percentOf(confidence) }} />
      </span>
      <span className={styles.mark} style={{ left: percentOf(threshold) }}>
        <span className={`${styles.label} tabular`} data-side={threshold > 0.7 ? 'left' : 'right'}>
          needs {percent(threshold)}
        </span>
      </span>
    </span>
  );
}

const percentOf = (share: number) => `${Math.min(1, Math.max(0, share)) * 100}%`;
