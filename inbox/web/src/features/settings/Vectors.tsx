import { Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { vectorsQuery } from '@/api/queries';
import { Bone, Failed } from '@/parts/states';
import styles from './Settings.module.css';
import { fillWords, placeOf } from './vectors';

/** By which embedding model messages are compared with the past, and how far a new one is. */
export function Vectors() {
  const vectors = useQuery(vectorsQuery);
  if (vectors.isPending) return <Bone height={40} />;
  if (vectors.isError) {
    return (
      <Failed
        what="The embedding models cannot be shown"
        error={vectors.error}
        onRetry={() => void vectors.refetch()}
      />
    );
  }
  if (vectors.data.length === 0) {
    return <p className={styles.hint}>Messages are not compared by meaning.</p>;
  }
  return (
    <ul className={styles.spaces}>
      {vectors.data.map((s) => (
        <li key={`${s.model} ${s.numbers}`}>
          <span className={styles.hint}>{placeOf(s)}</span>{' '}
          <strong>
            {s.model}, {s.numbers} numbers
          </strong>
          {s.done < s.past && (
            <>
              <Progress
                size="sm"
                value={(100 * s.done) / s.past}
                aria-label={`Vectors of ${s.model}`}
                className={styles.far}
              />
              <p className={`${styles.hint} tabular`}>{fillWords(s)}.</p>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
