import { Link } from '@tanstack/react-router';
import type { Intent, SimilarCase } from '@/api/shapes';
import { Age } from '@/parts/Age';
import { intentName, percent } from '@/parts/words';
import styles from './CaseList.module.css';
import { endedWell, outcomeWords, sentence } from './words';

/** Resolved conversations that resemble this one: what was asked, how it ended, when, and how alike it is. */
export function CaseList({
  cases,
  catalogue,
}: {
  cases: readonly SimilarCase[];
  catalogue: readonly Intent[] | undefined;
}) {
  return (
    <ul className={styles.cases}>
      {cases.map((c) => (
        <li key={c.conversation_id}>
          <Link
            className={styles.case}
            to="/conversations/$conversation"
            params={{ conversation: c.conversation_id }}
          >
            <span className={styles.preview}>{c.preview || sentence(intentName(c.intent, catalogue))}</span>
            <span className={`${styles.score} tabular`} title="How alike the two are: cosine similarity">
              <span className="unseen">alike: </span>
              {percent(Math.max(0, c.score))}
            </span>
            <span className={styles.outcome} data-well={endedWell(c)}>
              {outcomeWords(c)}
            </span>
            <Age at={c.resolved_at} className={styles.when} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
