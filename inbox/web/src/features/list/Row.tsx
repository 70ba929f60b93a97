import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { memo, useState } from 'react';
import { type ListFilter, meQuery } from '@/api/queries';
import type { Conversation, View } from '@/api/shapes';
import { PriorityMark } from '@/features/actions/PriorityMark';
import { WhyChip } from '@/features/actions/WhyChip';
import { hasDraft } from '@/features/composer/drafts';
import { Age } from '@/parts/Age';
import { Avatar } from '@/parts/Avatar';
import { contactName } from '@/parts/words';
import styles from './Row.module.css';

type Props = {
  conversation: Conversation;
  view: ListFilter['view'];
  selected: boolean;
  unread: boolean;
  /** True for the one row that Tab reaches. */
  tabStop: boolean;
  compact: boolean;
};

/** One conversation: who, since when, what about, and what matters of the rest. */
export const Row = memo(function Row({ conversation: c, view, selected, unread, tabStop, compact }: Props) {
  const [why, setWhy] = useState(false);
  const owner = view !== 'mine' && c.agent;
  const me = useQuery(meQuery).data?.id;
  const ownerName = owner && (owner.id === me ? 'you' : owner.name);
  return (
    <div className={styles.row} data-selected={selected || undefined} data-unread={unread || undefined}>
      <span className={styles.avatar}>
        <Avatar name={contactName(c.contact)} channel={c.channel} size={compact ? 28 : 36} />
      </span>
      <div className={styles.line}>
        <span className={styles.name}>
          <Link
            className={styles.link}
            to="/inbox/$view/$conversation"
            params={{ view, conversation: c.id }}
            search={(s) => s}
            preload={false}
            tabIndex={tabStop ? 0 : -1}
            activeOptions={{ exact: true }}
            aria-current={selected ? 'page' : undefined}
            data-row={c.id}
          >
            {contactName(c.contact)}
            {unread && <span className="unseen">, unread</span>}
          </Link>
          <PriorityMark priority={c.priority} />
          {unread && <span className={styles.dot} title="Unread" />}
        </span>
        {owner && (
          <span className={styles.owner} title={`With ${ownerName}`}>
            <Avatar name={owner.name} size={20} />
            <span className="unseen">with {ownerName}</span>
          </span>
        )}
        <When conversation={c} view={view} />
      </div>
      <div className={styles.line}>
        <span className={styles.preview}>
          {hasDraft(c.id) && <span className={styles.draft}>Draft · </span>}
          {c.preview || 'No text'}
        </span>
        <span className={styles.end}>
          <WhyChip
            conversation={c}
            opened={why}
            onChange={setWhy}
            className={styles.chip}
            tabIndex={tabStop ? 0 : -1}
          />
        </span>
      </div>
    </div>
  );
});

/** Since when the customer waits; else when something last happened. */
function When({ conversation: c, view }: { conversation: Conversation; view: View }) {
  const at = view === 'resolved' ? c.resolved_at : c.waiting_since;
  return (
    <span className={styles.when} data-waits={c.waiting_since ? '' : undefined}>
      <span className="unseen">{c.waiting_since ? 'waits since' : 'last message'}</span>
      <Age at={at ?? c.last_message_at} />
    </span>
  );
}
