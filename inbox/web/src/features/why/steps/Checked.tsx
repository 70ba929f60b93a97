import { Check, ShieldCheck, X } from 'lucide-react';
import type { Decision } from '@/api/shapes';
import { Step } from '../Step';
import { checkedLine, guardName, sentence, stoppedBy } from '../words';
import styles from './steps.module.css';

type Guard = NonNullable<Decision['guards']>[number];

/** The guards before an automatic answer: those that stopped it first, then those that passed. */
export function CheckedStep({ d }: { d: Decision }) {
  const stopped = stoppedBy(d);
  const passed = (d.guards ?? []).filter((g) => g.passed);
  return (
    <Step
      name="Checked"
      icon={ShieldCheck}
      line={checkedLine(d)}
      tone={stopped.length > 0 ? 'stopped' : 'done'}
      glance={<Glance guards={d.guards ?? []} />}
    >
      {stopped.length > 0 && (
        <p className={styles.muted}>
          An automatic answer needs every check to pass. {stopped.length === 1 ? 'One' : stopped.length} did
          not:
        </p>
      )}
      <ul className={styles.guards}>
        {[...stopped, ...passed].map((g) => (
          <GuardLine key={g.name} g={g} />
        ))}
      </ul>
    </Step>
  );
}

function GuardLine({ g }: { g: Guard }) {
  const Icon = g.passed ? Check : X;
  return (
    <li className={styles.guard} data-passed={g.passed}>
      <Icon size={14} strokeWidth={2.5} aria-label={g.passed ? 'Passed' : 'Stopped'} />
      <span title={guardName(g.name)}>{sentence(g.detail)}</span>
    </li>
  );
}

/** A tick per guard, in the order made. */
function Glance({ guards }: { guards: readonly Guard[] }) {
  return (
    <span className={styles.ticks} aria-hidden="true">
      {guards.map((g) => (
        <span key={g.name} className={styles.tick} data-passed={g.passed} title={guardName(g.name)} />
      ))}
    </span>
  );
}
