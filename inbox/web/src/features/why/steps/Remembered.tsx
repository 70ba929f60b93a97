import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { History } from 'lucide-react';
import { agentsQuery, meQuery } from '@/api/queries';
import type { Decision, Intent } from '@/api/shapes';
import { CaseList } from '../CaseList';
import { Step } from '../Step';
import { contactCount, rememberedLine } from '../words';
import styles from './steps.module.css';

export function RememberedStep({ d, catalogue }: { d: Decision; catalogue: readonly Intent[] | undefined }) {
  const e = d.evidence;
  const me = useQuery(meQuery).data?.id;
  const knows = useQuery({ ...agentsQuery, enabled: !!e.preferred_agent }).data?.find(
    (a) => a.id === e.preferred_agent,
  );
  const similar = (e.similar ?? []).slice(0, 3);
  return (
    <Step name="Remembered" icon={History} line={rememberedLine(d)} tone={e.degraded ? 'stopped' : 'plain'}>
      {e.degraded && <p className={styles.stopped}>The past could not be asked: {e.degraded}.</p>}
      {e.fell_back && (
        <p className={styles.muted}>
          Compared by the built-in vectors, as the usual embedding model did not answer.
        </p>
      )}
      {(e.repeats ?? 0) > 0 && (
        <p>
          {contactCount(e.repeats ?? 0)}
          {e.repeat_of && (
            <>
              {', see '}
              <Link to="/conversations/$conversation" params={{ conversation: e.repeat_of }}>
                the one before
              </Link>
            </>
          )}
          .
        </p>
      )}
      {similar.length > 0 ? (
        <CaseList cases={similar} catalogue={catalogue} />
      ) : (
        <p className={styles.muted}>No resolved conversation resembles it.</p>
      )}
      {knows && (
        <p className={styles.muted}>
          {knows.id === me
            ? 'You helped this customer before, and are'
            : `${knows.name} helped this customer before, and is`}{' '}
          preferred.
        </p>
      )}
    </Step>
  );
}
