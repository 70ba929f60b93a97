import { useQuery } from '@tanstack/react-query';
import { UserCheck } from 'lucide-react';
import { agentsQuery, meQuery } from '@/api/queries';
import type { Conversation, Decision } from '@/api/shapes';
import { useShownPresence } from '@/features/people/presence';
import { Avatar } from '@/parts/Avatar';
import { Ago } from '../Ago';
import { Step } from '../Step';
import { assignedLine, type Considered, causeWords, consideredOf, sentence, type TeamNames } from '../words';
import styles from './steps.module.css';

type Props = { d: Decision; conversation: Conversation; teamName: TeamNames };

export function AssignedStep({ d, conversation, teamName }: Props) {
  const me = useQuery(meQuery).data?.id;
  const considered = consideredOf(d.assignment?.trace);
  const waits = !d.assignment && !conversation.agent && conversation.status === 'open' && conversation.team;
  return (
    <Step
      name="Assigned"
      icon={UserCheck}
      line={assignedLine(d, conversation, teamName, me)}
      tone={d.assignment ? 'done' : 'plain'}
    >
      {d.assignment && (
        <p className={styles.muted}>
          {sentence(causeWords(d.assignment.cause))}, <Ago at={d.assignment.started_at} />
          {considered.length === 0 && '. Nobody else was considered: a person chose'}.
        </p>
      )}
      {considered.length > 0 && (
        <ul className={styles.people} aria-label="Who was considered">
          {considered.map((c) => (
            <ConsideredLine key={c.agent_id} c={c} self={c.agent_id === me} />
          ))}
        </ul>
      )}
      {waits && <TeamNow team={conversation.team} />}
      {!d.assignment && !waits && (
        <p className={styles.muted}>No agent was looked for after this decision.</p>
      )}
    </Step>
  );
}

function ConsideredLine({ c, self }: { c: Considered; self: boolean }) {
  return (
    <li className={styles.person} data-chosen={c.chosen || undefined}>
      <Avatar name={c.agent} size={24} />
      <span className={styles.personName}>
        {c.agent}
        {self && ' (you)'}
        {c.chosen && <span className={styles.chosen}>chosen</span>}
      </span>
      <span className={styles.merit}>{sentence(c.why)}</span>
    </li>
  );
}

/** Who could take it now, while it waits in a queue. */
function TeamNow({ team }: { team: string }) {
  const me = useQuery(meQuery).data?.id;
  const shown = useShownPresence();
  const members = useQuery(agentsQuery).data?.filter((a) => a.teams.includes(team)) ?? [];
  if (members.length === 0)
    return <p className={styles.muted}>Nobody is in this team. Hand it over, or take it.</p>;
  return (
    <>
      <p className={styles.muted}>
        It goes to the first who is online, has room and the skills. The team now:
      </p>
      <ul className={styles.people}>
        {members.map((a) => (
          <li key={a.id} className={styles.person}>
            <Avatar name={a.name} size={24} presence={shown(a.presence)} />
            <span className={styles.personName}>
              {a.name}
              {a.id === me && ' (you)'}
            </span>
            <span className={`${styles.merit} tabular`}>
              {sentence(shown(a.presence))}, {a.load} of {a.capacity} in hand
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
