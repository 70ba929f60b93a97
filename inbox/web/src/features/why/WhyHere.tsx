import { useQuery } from '@tanstack/react-query';
import { Braces, Check, ChevronLeft, ChevronRight, PenLine } from 'lucide-react';
import { useId, useState } from 'react';
import { decisionsQuery, intentsQuery, teamsQuery } from '@/api/queries';
import type { Conversation, Decision } from '@/api/shapes';
import { IconButton } from '@/parts/IconButton';
import { Bone, Empty, Failed } from '@/parts/states';
import { toastError } from '@/parts/toasts';
import { Ago } from './Ago';
import { Correct } from './Correct';
import { Corrections } from './Corrections';
import { AssignedStep } from './steps/Assigned';
import { CheckedStep } from './steps/Checked';
import { DecidedStep } from './steps/Decided';
import { RememberedStep } from './steps/Remembered';
import { UnderstoodStep } from './steps/Understood';
import styles from './WhyHere.module.css';

/** The story of a decision in five steps, the newest first chosen; at its foot it can be corrected and copied. */
export function WhyHere({ conversation }: { conversation: Conversation }) {
  const decisions = useQuery(decisionsQuery(conversation.id));
  const [picked, setPicked] = useState<string>();
  if (decisions.isPending) return <Loading />;
  if (decisions.isError) {
    return (
      <Failed
        what="Why it is here cannot be shown"
        error={decisions.error}
        onRetry={() => void decisions.refetch()}
      />
    );
  }
  const all = decisions.data;
  const at = Math.max(
    0,
    all.findIndex((d) => d.id === picked),
  );
  const d = all[at];
  if (!d) {
    return (
      <Empty title="Not decided yet">
        The message is being understood; this takes a moment. People see it all the same.
      </Empty>
    );
  }
  return (
    <section className={styles.why} aria-label="Why here?">
      <Head d={d} at={at} count={all.length} onPick={(i) => setPicked(all[i]?.id)} />
      <Story key={d.id} d={d} conversation={conversation} />
      <Corrections made={d.corrections} />
      <Foot key={`${d.id} foot`} d={d} conversation={conversation} />
    </section>
  );
}

type HeadProps = { d: Decision; at: number; count: number; onPick: (at: number) => void };

function Head({ d, at, count, onPick }: HeadProps) {
  return (
    <header className={styles.head}>
      <p className={styles.reason}>{d.reason}</p>
      <div className={styles.meta}>
        <span>
          Decided <Ago at={d.created_at} />
          {at > 0 && ', since superseded'}
        </span>
        {count > 1 && (
          <span className={styles.picker}>
            <IconButton
              icon={ChevronLeft}
              size="sm"
              label="Older decision"
              disabled={at === count - 1}
              onClick={() => onPick(at + 1)}
            />
            <span className="tabular" aria-live="polite">
              {count - at} of {count}
            </span>
            <IconButton
              icon={ChevronRight}
              size="sm"
              label="Newer decision"
              disabled={at === 0}
              onClick={() => onPick(at - 1)}
            />
          </span>
        )}
      </div>
    </header>
  );
}

function Story({ d, conversation }: { d: Decision; conversation: Conversation }) {
  const catalogue = useQuery(intentsQuery).data;
  const teams = useQuery(teamsQuery).data;
  const teamName = (slug: string) => teams?.find((t) => t.slug === slug)?.name ?? slug;
  return (
    <ol className={styles.story}>
      <UnderstoodStep d={d} conversation={conversation} catalogue={catalogue} />
      <RememberedStep d={d} catalogue={catalogue} />
      <CheckedStep d={d} />
      <DecidedStep d={d} teamName={teamName} />
      <AssignedStep d={d} conversation={conversation} teamName={teamName} />
    </ol>
  );
}

function Foot({ d, conversation }: { d: Decision; conversation: Conversation }) {
  const [correcting, setCorrecting] = useState(false);
  const id = useId();
  return (
    <footer className={styles.foot}>
      <div className={styles.footButtons}>
        <button
          type="button"
          className={styles.quiet}
          aria-expanded={correcting}
          aria-controls={id}
          onClick={() => setCorrecting(!correcting)}
        >
          <PenLine size={14} aria-hidden="true" />
          Correct this
        </button>
        <CopyButton d={d} />
      </div>
      <div id={id}>
        {correcting && <Correct d={d} conversation={conversation} onDone={() => setCorrecting(false)} />}
      </div>
    </footer>
  );
}

function CopyButton({ d }: { d: Decision }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(d, null, 2));
      setCopied(true);
    } catch {
      toastError(new Error('The browser did not allow copying; allow it for this page and try again.'));
    }
  };
  return (
    <button
      type="button"
      className={styles.quiet}
      onClick={() => void copy()}
      onBlur={() => setCopied(false)}
    >
      {copied ? <Check size={14} aria-hidden="true" /> : <Braces size={14} aria-hidden="true" />}
      <span aria-live="polite">{copied ? 'Copied' : 'Copy as JSON'}</span>
    </button>
  );
}

function Loading() {
  return (
    <div className={styles.loading} role="status" aria-label="Loading">
      <Bone height={18} width="92%" />
      <Bone height={12} width="40%" />
      {['62%', '48%', '70%', '55%', '44%'].map((width) => (
        <Bone key={width} height={36} width={width} />
      ))}
    </div>
  );
}
