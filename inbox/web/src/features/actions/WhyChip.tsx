import { Popover } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { intentsQuery } from '@/api/queries';
import type { Conversation } from '@/api/shapes';
import chip from '@/parts/Chip.module.css';
import { Bone } from '@/parts/states';
import { intentName, percent } from '@/parts/words';
import styles from './WhyChip.module.css';

const WhyHere = lazy(() => import('@/features/why/WhyHere').then((m) => ({ default: m.WhyHere })));

type Props = {
  conversation: Conversation;
  opened: boolean;
  onChange: (opened: boolean) => void;
  className?: string | undefined;
  /** -1 in a list, where Tab stops at one row alone. */
  tabIndex?: number;
};

/** The intent with its confidence; opens "Why here?". Nothing before the first decision. */
export function WhyChip({ conversation: c, opened, onChange, className, tabIndex }: Props) {
  const catalogue = useQuery(intentsQuery).data;
  if (!c.intent && !c.decision_id) return null;
  const name = c.intent ? intentName(c.intent, catalogue) : 'not understood';
  return (
    <Popover opened={opened} onChange={onChange} position="bottom-start" width={400} trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          tabIndex={tabIndex}
          className={`${chip.chip} ${className ?? ''}`}
          data-tone={c.degraded ? 'warn' : 'plain'}
          aria-label={`Why here? ${name}, ${percent(c.confidence)} sure`}
          title="Why here?"
          onClick={() => onChange(!opened)}
        >
          <span>{name}</span>
          {c.confidence > 0 && <span className={`${chip.number} tabular`}>· {percent(c.confidence)}</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.story}>
        <Suspense fallback={<Bone height={240} />}>
          <WhyHere conversation={c} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
