import { useQuery } from '@tanstack/react-query';
import { intentsQuery } from '@/api/queries';
import type { Decision } from '@/api/shapes';
import { Age } from '@/parts/Age';
import { intentName } from '@/parts/words';
import styles from './WhyHere.module.css';
import { listWords, sentence } from './words';

type Made = Decision['corrections'][number];

/** What agents said the decision should have been. */
export function Corrections({ made }: { made: readonly Made[] }) {
  const catalogue = useQuery(intentsQuery).data;
  if (made.length === 0) return null;
  return (
    <ul className={styles.corrections} aria-label="Corrections">
      {made.map((c) => {
        const said = [
          c.intent && `intent is ${intentName(c.intent, catalogue)}`,
          c.priority && `priority is ${c.priority}`,
          c.wrong_answer && 'the answer was wrong',
        ].filter((w): w is string => !!w);
        return (
          <li key={c.created_at + c.agent}>
            <b>{c.agent}</b> corrected: {listWords(said)}
            {c.reason && <q className={styles.quote}>{sentence(c.reason)}</q>}{' '}
            <Age at={c.created_at} className={styles.faint} />
          </li>
        );
      })}
    </ul>
  );
}
