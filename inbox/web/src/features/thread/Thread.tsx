import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { ApiError } from '@/api/client';
import { conversationQuery, decisionsQuery } from '@/api/queries';
import type { Conversation, Message } from '@/api/shapes';
import { useActions } from '@/features/actions/actions';
import { Composer } from '@/features/composer/Composer';
import { type Outgoing, useOutgoing } from '@/features/composer/outbox';
import { Bone, Failed } from '@/parts/states';
import { dayName, useNow } from '@/parts/time';
import { contactName } from '@/parts/words';
import { Activities } from './Activities';
import { Entry } from './Entry';
import { lines, type Line as ThreadLine } from './lines';
import { OutgoingEntry } from './OutgoingEntry';
import { markSeen, seenUpTo } from './seen';
import styles from './Thread.module.css';
import { ThreadHeader } from './ThreadHeader';
import { useEntries } from './useEntries';
import { useScroll } from './useScroll';

type Props = { id: string; contextOpen: boolean; onToggleContext: () => void };

/** One conversation: its header, its entries, and the composer. */
export function Thread({ id, contextOpen, onToggleContext }: Props) {
  const conversation = useQuery(conversationQuery(id));
  if (conversation.isError && !conversation.data) {
    return <Unread error={conversation.error} onRetry={() => void conversation.refetch()} />;
  }
  return (
    <div className={styles.thread}>
      <ThreadHeader
        conversation={conversation.data}
        contextOpen={contextOpen}
        onToggleContext={onToggleContext}
      />
      {conversation.data ? <Log conversation={conversation.data} /> : <Bones />}
      {conversation.data && <Composer conversation={conversation.data} />}
    </div>
  );
}

function Unread({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const toList = (
    <Link from="/inbox/$view/$conversation" to="/inbox/$view" search={(s) => s}>
      Go to the list
    </Link>
  );
  if (error instanceof ApiError && error.status === 404) {
    const why = new Error('The address may be mistyped, or the customer was erased.');
    return <Failed what="There is no such conversation" error={why} action={toList} />;
  }
  return <Failed what="The conversation could not be read" error={error} onRetry={onRetry} action={toList} />;
}

function Log({ conversation: c }: { conversation: Conversation }) {
  const entries = useEntries(c.id);
  const outgoing = useOutgoing(c.id);
  if (entries.isError && !entries.data) {
    return (
      <Failed
        what="The messages could not be read"
        error={entries.error}
        onRetry={() => void entries.refetch()}
      />
    );
  }
  if (!entries.data) return <Bones />;
  return (
    <Lines
      conversation={c}
      items={entries.data.items}
      outgoing={outgoing}
      hasBefore={entries.hasBefore}
      onBefore={entries.before}
    />
  );
}

type LinesProps = {
  conversation: Conversation;
  items: Message[];
  outgoing: Outgoing[];
  hasBefore: boolean;
  onBefore: () => void;
};

function Lines({ conversation: c, items, outgoing, hasBefore, onBefore }: LinesProps) {
  const [seen] = useState(() => seenUpTo(c.id));
  const now = useNow();
  const contact = contactName(c.contact);
  const shown = useMemo(() => lines(items, seen), [items, seen]);
  const chosen = useMemo(() => pressed(items), [items]);
  const wrong = useWrong(c.id, items);
  const confirmed = new Set(items.map((m) => m.client_id));
  const pending = outgoing.filter((e) => !confirmed.has(e.clientId));
  const lastSeq = items.at(-1)?.seq ?? 0;
  const actions = useActions();
  const onWrong = (decision: string) => void actions.wrongAnswer(c, decision);
  const scroll = useScroll({
    first: items[0]?.seq ?? 0,
    last: `${items.at(-1)?.id} ${pending.map((e) => e.clientId + e.state)}`,
    onStart: useCallback(() => hasBefore && onBefore(), [hasBefore, onBefore]),
  });
  useMarkSeen(c.id, lastSeq, scroll.atEnd);
  return (
    <div className={styles.scroll}>
      <div
        ref={scroll.ref}
        className={styles.scroller}
        onScroll={scroll.onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
        tabIndex={0}
        role="log"
        aria-label="Messages"
      >
        <div className={styles.log}>
          {hasBefore ? (
            <Button variant="subtle" className={styles.older} onClick={onBefore}>
              Earlier messages
            </Button>
          ) : (
            <span />
          )}
          {shown.map((l) => (
            <Line
              key={l.key}
              line={l}
              now={now}
              contact={contact}
              chosen={chosen}
              wrong={wrong}
              onWrong={onWrong}
            />
          ))}
          {pending.map((e) => (
            <OutgoingEntry key={e.clientId} entry={e} />
          ))}
        </div>
      </div>
      {!scroll.atEnd && (
        <Button
          className={styles.latest}
          leftSection={<ArrowDown size={14} aria-hidden="true" />}
          onClick={scroll.toEnd}
        >
          Latest
        </Button>
      )}
    </div>
  );
}

type LineProps = {
  line: ThreadLine;
  now: number;
  contact: string;
  chosen: ReadonlyMap<string, string>;
  wrong: ReadonlySet<string>;
  onWrong: (decision: string) => void;
};

function Line({ line: l, now, contact, chosen, wrong, onWrong }: LineProps) {
  switch (l.kind) {
    case 'day':
      return <div className={styles.day}>{dayName(l.at, now)}</div>;
    case 'new':
      return (
        <div className={styles.fresh} data-new="">
          New
        </div>
      );
    case 'activities':
      return <Activities items={l.items} />;
    default:
      return (
        <Entry
          message={l.message}
          contact={contact}
          goesOn={l.goesOn}
          chosen={chosen.get(l.message.id)}
          wrong={wrong.has(l.message.decision_id ?? '')}
          onWrong={onWrong}
        />
      );
  }
}

/** Which buttons were pressed, by message. */
function pressed(items: readonly Message[]): Map<string, string> {
  const out = new Map<string, string>();
  for (const m of items) {
    if (m.payload.answers && m.payload.choice) out.set(m.payload.answers, m.payload.choice);
  }
  return out;
}

/** The decisions that somebody called wrong; asked for only where an activity says that there are some. */
function useWrong(id: string, items: readonly Message[]): ReadonlySet<string> {
  const decisions = useQuery({
    ...decisionsQuery(id),
    enabled: items.some((m) => m.payload.what === 'wrong_answer'),
  });
  return useMemo(
    () =>
      new Set(
        (decisions.data ?? []).filter((d) => d.corrections.some((k) => k.wrong_answer)).map((d) => d.id),
      ),
    [decisions.data],
  );
}

/** What stands at the end is seen while the page is looked at and scrolled there. */
function useMarkSeen(id: string, seq: number, atEnd: boolean) {
  useEffect(() => {
    const mark = () => atEnd && document.visibilityState === 'visible' && markSeen(id, seq);
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [id, seq, atEnd]);
}

function Bones() {
  return (
    <div className={styles.bones} aria-hidden="true">
      <Bone width={320} height={52} />
      <Bone width={380} height={72} />
      <Bone width={240} height={36} />
    </div>
  );
}
