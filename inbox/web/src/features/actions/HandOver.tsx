import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Users } from 'lucide-react';
import { useState } from 'react';
import { agentsQuery, meQuery, teamsQuery } from '@/api/queries';
import type { Colleague, Conversation, Team } from '@/api/shapes';
import { useShownPresence } from '@/features/people/presence';
import { Avatar } from '@/parts/Avatar';
import { contactName } from '@/parts/words';
import { type HandOver, useActions } from './actions';
import styles from './HandOver.module.css';

type Props = { conversation: Conversation; opened: boolean; onClose: () => void };

/** Gives a conversation to a person or to a team's queue. */
export function HandOverDialog({ conversation, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Hand over ${contactName(conversation.contact)}`}>
      <Form conversation={conversation} onClose={onClose} />
    </Modal>
  );
}

function Form({ conversation, onClose }: Omit<Props, 'opened'>) {
  const [search, setSearch] = useState('');
  const [to, setTo] = useState('');
  const [note, setNote] = useState('');
  const actions = useActions();
  const send = async () => {
    const [kind, id] = to.split(':') as ['agent' | 'team', string];
    const body: HandOver = kind === 'agent' ? { agent_id: id } : { team: id };
    if (note.trim()) body.note = note.trim();
    if (await actions.handOver(conversation, body)) onClose();
  };
  return (
    <form
      className={styles.dialog}
      onSubmit={(e) => {
        e.preventDefault();
        if (to) void send();
      }}
    >
      <TextInput
        data-autofocus
        aria-label="Search people and teams"
        placeholder="Search people and teams"
        value={search}
        onChange={(e) => setSearch(e.currentTarget.value)}
      />
      <Options conversation={conversation} search={search.trim().toLowerCase()} to={to} onPick={setTo} />
      <Textarea
        label="Note for them"
        description="Only your team sees it."
        autosize
        minRows={2}
        maxRows={6}
        value={note}
        onChange={(e) => setNote(e.currentTarget.value)}
      />
      <div className={styles.buttons}>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" type="submit" disabled={!to} loading={actions.busy}>
          Hand over
        </Button>
      </div>
    </form>
  );
}

const presenceOrder = { online: 0, away: 1, offline: 2 };

function Options({
  conversation,
  search,
  to,
  onPick,
}: {
  conversation: Conversation;
  search: string;
  to: string;
  onPick: (to: string) => void;
}) {
  const agents = useQuery(agentsQuery);
  const teams = useQuery(teamsQuery);
  const me = useQuery(meQuery);
  const people = (agents.data ?? [])
    .filter((a) => a.id !== conversation.agent?.id && a.name.toLowerCase().includes(search))
    .sort((a, b) => presenceOrder[a.presence] - presenceOrder[b.presence] || a.load - b.load);
  const queues = (teams.data ?? []).filter((t) => t.name.toLowerCase().includes(search));
  return (
    <fieldset className={styles.options}>
      <legend className="unseen">To whom</legend>
      {queues.length > 0 && <div className={styles.group}>Teams</div>}
      {queues.map((t) => (
        <Option key={t.slug} value={`team:${t.slug}`} to={to} onPick={onPick} team={t} />
      ))}
      {people.length > 0 && <div className={styles.group}>People</div>}
      {people.map((a) => (
        <Option
          key={a.id}
          value={`agent:${a.id}`}
          to={to}
          onPick={onPick}
          agent={a}
          self={a.id === me.data?.id}
        />
      ))}
      {queues.length + people.length === 0 && <div className={styles.group}>Nobody is called that.</div>}
    </fieldset>
  );
}

type OptionProps = {
  value: string;
  to: string;
  onPick: (to: string) => void;
  team?: Team;
  agent?: Colleague;
  self?: boolean;
};

function Option({ value, to, onPick, team, agent, self }: OptionProps) {
  const shown = useShownPresence();
  return (
    <label className={styles.option}>
      <input
        type="radio"
        name="hand-over-to"
        value={value}
        checked={to === value}
        onChange={() => onPick(value)}
      />
      {agent ? (
        <Avatar name={agent.name} size={22} presence={shown(agent.presence)} />
      ) : (
        <Users size={18} aria-hidden="true" />
      )}
      <span className={styles.name}>
        {agent?.name ?? team?.name}
        {self && ' (you)'}
      </span>
      {agent && (
        <span className={`${styles.load} tabular`}>
          {shown(agent.presence)}, {agent.load} of {agent.capacity}
        </span>
      )}
      {team && <span className={styles.load}>queue</span>}
    </label>
  );
}
