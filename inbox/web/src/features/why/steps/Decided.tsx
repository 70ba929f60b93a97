import { Link } from '@tanstack/react-router';
import { Split } from 'lucide-react';
import type { Decision } from '@/api/shapes';
import { languageName, percent } from '@/parts/words';
import { ConfidenceBar } from '../ConfidenceBar';
import { Step } from '../Step';
import { decidedLine, listWords, sentence, type TeamNames } from '../words';
import styles from './steps.module.css';

export function DecidedStep({ d, teamName }: { d: Decision; teamName: TeamNames }) {
  const withheld = d.state === 'withheld';
  return (
    <Step
      name="Decided"
      icon={Split}
      line={decidedLine(d, teamName)}
      tone={d.route === 'agent' || withheld ? 'plain' : 'done'}
      glance={d.threshold > 0 && <ConfidenceBar confidence={d.confidence} threshold={d.threshold} />}
    >
      {withheld && <p className={styles.stopped}>Not sent: {d.withheld_reason}.</p>}
      <dl className={styles.rows}>
        {d.threshold > 0 && (
          <>
            <dt>Confidence</dt>
            <dd className="tabular">
              {percent(d.confidence)}, an automatic answer needs {percent(d.threshold)}
            </dd>
          </>
        )}
        <dt>Route</dt>
        <dd>
          {routeWords(d, teamName)}
          {d.template && (
            <>
              {' '}
              <Link to="/templates">{d.template}</Link>
              {d.text_language && `, its text in ${languageName(d.text_language)}`}
            </>
          )}
        </dd>
        {(d.skills?.length ?? 0) > 0 && d.route === 'agent' && (
          <>
            <dt>Skills</dt>
            <dd>{listWords((d.skills ?? []).map((s) => s.replaceAll('_', ' ')))}</dd>
          </>
        )}
        <dt>Priority</dt>
        <dd>
          <b className={styles.strong}>{sentence(d.priority)}</b>
          {(d.priority_reasons?.length ?? 0) > 0
            ? `: ${(d.priority_reasons ?? []).join('; ')}`
            : ', as the policy sets it for this intent'}
        </dd>
        <dt>Decided by</dt>
        <dd className="tabular">
          <Link to="/thresholds">Policy v{d.policy_version}</Link>
          <span className={styles.muted}>
            {' '}
            <code title={`Policy ${d.policy_hash}`}>{d.policy_hash.slice(0, 8)}</code>, model{' '}
            <code title={`Model ${d.model_hash}`}>{d.model_hash.slice(0, 8) || 'none'}</code>
          </span>
        </dd>
      </dl>
    </Step>
  );
}

function routeWords(d: Decision, teamName: TeamNames): string {
  switch (d.route) {
    case 'reply':
      return 'Standard answer';
    case 'resolve':
      return 'Resolve';
    default:
      return `People of ${teamName(d.team ?? '')}`;
  }
}
