import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { ArrowLeft, ArrowLeftRight, Check, PanelRight, RotateCcw, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { meQuery } from '@/api/queries';
import type { Conversation, View } from '@/api/shapes';
import { useActions } from '@/features/actions/actions';
import { HandOverDialog } from '@/features/actions/HandOver';
import { PriorityMenu } from '@/features/actions/PriorityMenu';
import { WhyChip } from '@/features/actions/WhyChip';
import { useShortcuts } from '@/features/shortcuts/useShortcuts';
import { Avatar } from '@/parts/Avatar';
import { Chip } from '@/parts/Chip';
import { IconButton } from '@/parts/IconButton';
import { Bone } from '@/parts/states';
import { contactName } from '@/parts/words';
import styles from './ThreadHeader.module.css';

type Props = { conversation: Conversation | undefined; contextOpen: boolean; onToggleContext: () => void };

export function ThreadHeader({ conversation: c, contextOpen, onToggleContext }: Props) {
  const [why, setWhy] = useState(false);
  useShortcuts({ why: () => setWhy(true) });
  return (
    <header className={styles.header}>
      <Back />
      <div className={styles.who}>
        {c ? <h2>{contactName(c.contact)}</h2> : <Bone width={140} height={16} />}
        {c && <StatusChip conversation={c} />}
        {c && <WhyChip conversation={c} opened={why} onChange={setWhy} />}
      </div>
      {c && <Actions conversation={c} />}
      <IconButton
        icon={PanelRight}
        label={contextOpen ? 'Hide the customer' : 'Show the customer'}
        shortcut="c"
        aria-pressed={contextOpen}
        onClick={onToggleContext}
      />
    </header>
  );
}

function Back() {
  const navigate = useNavigate();
  const { view } = useParams({ strict: false }) as { view: View };
  return (
    <span className={styles.back}>
      <IconButton
        icon={ArrowLeft}
        label="Back to the list"
        onClick={() => void navigate({ to: '/inbox/$view', params: { view }, search: (s) => s })}
      />
    </span>
  );
}

function StatusChip({ conversation: c }: { conversation: Conversation }) {
  if (c.status === 'open') return null;
  return (
    <span className={styles.status}>
      <Chip tone={c.status === 'resolved' ? 'ok' : 'plain'}>
        {c.status === 'resolved' ? 'Resolved' : 'Waiting on customer'}
      </Chip>
    </span>
  );
}

function Actions({ conversation: c }: { conversation: Conversation }) {
  const me = useQuery(meQuery).data;
  const actions = useActions();
  const [handing, setHanding] = useState(false);
  const resolved = c.status === 'resolved';
  const mine = c.agent !== null && c.agent.id === me?.id;
  const take = () => void (c.agent && me ? actions.handOver(c, { agent_id: me.id }) : actions.take(c));
  const finish = () => void (resolved ? actions.reopen(c) : actions.resolve(c));
  useShortcuts({
    resolve: finish,
    ...(!resolved && { handOver: () => setHanding(true) }),
    ...(!resolved && !mine && { take }),
  });
  return (
    <div className={styles.actions}>
      {c.agent && (
        <span className={styles.owner} title={mine ? 'You have it' : `${c.agent.name} has it`}>
          <Avatar name={c.agent.name} size={22} />
          <span>{mine ? 'You' : c.agent.name}</span>
        </span>
      )}
      {!resolved && <PriorityMenu conversation={c} />}
      {!resolved && !mine && (
        <LabelledAction
          icon={UserPlus}
          label={c.agent ? 'Take over' : 'Take'}
          shortcut="a"
          onClick={take}
          first={!c.agent}
        />
      )}
      {!resolved && (
        <IconButton icon={ArrowLeftRight} label="Hand over" shortcut="h" onClick={() => setHanding(true)} />
      )}
      <LabelledAction
        icon={resolved ? RotateCcw : Check}
        label={resolved ? 'Reopen' : 'Resolve'}
        shortcut="e"
        onClick={finish}
        first={resolved || c.agent !== null}
        busy={actions.busy}
      />
      <HandOverDialog conversation={c} opened={handing} onClose={() => setHanding(false)} />
    </div>
  );
}

type LabelledProps = {
  icon: typeof Check;
  label: string;
  shortcut: string;
  onClick: () => void;
  /** The likeliest thing to do now. */
  first: boolean;
  busy?: boolean;
};

/** A button with its word, or its icon alone where the pane is narrow. */
function LabelledAction({ icon: Icon, label, shortcut, onClick, first, busy = false }: LabelledProps) {
  return (
    <span className={styles.action} data-first={first || undefined}>
      <Button
        className={styles.long ?? ''}
        leftSection={<Icon size={15} aria-hidden="true" />}
        onClick={onClick}
        disabled={busy}
        title={`${label} (${shortcut})`}
      >
        {label}
      </Button>
      <span className={styles.short}>
        <IconButton icon={Icon} label={label} shortcut={shortcut} onClick={onClick} disabled={busy} />
      </span>
    </span>
  );
}
