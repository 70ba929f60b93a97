import { Link } from '@tanstack/react-router';
import type { Context, Intent } from '@/api/shapes';
import { Age } from '@/parts/Age';
import { intentName } from '@/parts/words';
import styles from './ContextPanel.module.css';

type Past = Context['history'][number];

const endings: Record<string, string> = {
  agent: 'resolved by a person',
  contact: 'customer said it helped',
  silence: 'no more questions',
  automatic: 'resolved automatically',
};

const stateOf = (p: Past): string =>
  p.status === 'resolved'
    ? (endings[p.resolved_by] ?? 'resolved')
    : p.status === 'waiting'
      ? 'waits on the customer'
      : 'still open';

/** The customer's other conversations; a click opens one. */
export function History({
  past,
  now,
  catalogue,
}: {
  past: readonly Past[];
  now: string;
  catalogue: readonly Intent[] | undefined;
}) {
  const others = past.filter((p) => p.id !== now);
  if (others.length === 0) return <p className={styles.muted}>This is the first one.</p>;
  return (
    <ul className={styles.history}>
      {others.map((p) => (
        <li key={p.id}>
          <Link className={styles.past} to="/conversations/$conversation" params={{ conversation: p.id }}>
            <span className={styles.preview}>{p.preview || 'No text'}</span>
            <Age at={p.created_at} className={styles.when} />
            <span className={styles.pastState} data-open={p.status !== 'resolved' || undefined}>
              {p.intent && `${intentName(p.intent, catalogue)}, `}
              {stateOf(p)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
