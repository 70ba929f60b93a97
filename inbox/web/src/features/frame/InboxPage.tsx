import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { conversationQuery, type ListFilter, viewsQuery } from '@/api/queries';
import type { View } from '@/api/shapes';
import { usePreference } from '@/app/preferences';
import { ContextPanel } from '@/features/context/ContextPanel';
import { ConversationList } from '@/features/list/ConversationList';
import { useShortcuts } from '@/features/shortcuts/useShortcuts';
import { Thread } from '@/features/thread/Thread';
import { useViewTitle, ViewsPane } from '@/features/views/ViewsPane';
import { IconButton } from '@/parts/IconButton';
import { Empty } from '@/parts/states';
import { Divider } from './Divider';
import styles from './InboxPage.module.css';

const immediately = { getInitialValueInEffect: false };

/** Views, list, thread and context beside each other, as many as there is room for. */
export function InboxPage() {
  const { view, conversation: id } = useParams({ strict: false }) as { view: View; conversation?: string };
  const { team, q } = useSearch({ strict: false }) as Omit<ListFilter, 'view'>;
  const wide = useMediaQuery('(min-width: 1440px)', undefined, immediately);
  const withViews = useMediaQuery('(min-width: 1120px)', undefined, immediately);
  const single = useMediaQuery('(max-width: 719px)', undefined, immediately);
  const [viewsWidth] = usePreference('viewsWidth');
  const [listWidth] = usePreference('listWidth');
  const filter: ListFilter = { view, team, q };
  useTitle(filter);
  return (
    <div className={styles.inbox}>
      {withViews && (
        <>
          <div className={`${styles.pane} ${styles.views}`} style={{ width: viewsWidth }}>
            <ViewsPane filter={filter} />
          </div>
          <Divider name="viewsWidth" label="Width of the views" min={160} max={320} />
        </>
      )}
      {!(single && id) && (
        <div
          className={`${styles.pane} ${single ? styles.single : ''}`}
          style={single ? undefined : { width: listWidth }}
        >
          <ConversationList filter={filter} selected={id} viewsFolded={!withViews} />
        </div>
      )}
      {!single && <Divider name="listWidth" label="Width of the list" min={280} max={520} />}
      {(!single || id) && <Detail key={id} id={id} wide={wide} />}
    </div>
  );
}

function Detail({ id, wide }: { id: string | undefined; wide: boolean }) {
  if (!id) {
    return (
      <main className={`${styles.pane} ${styles.thread}`}>
        <Empty title="No conversation is open">
          Pick one from the list, or press j to open the first one.
        </Empty>
      </main>
    );
  }
  return <Opened id={id} wide={wide} />;
}

function Opened({ id, wide }: { id: string; wide: boolean }) {
  const [kept, keep] = usePreference('contextOpen');
  const [folded, setFolded] = useState(true);
  const [width] = usePreference('contextWidth');
  const { isError, data } = useQuery(conversationQuery(id));
  const open = (wide ? kept === 'yes' : !folded) && !(isError && !data);
  const toggle = () => (wide ? keep(open ? 'no' : 'yes') : setFolded(!folded));
  useShortcuts({ context: toggle });
  return (
    <>
      <main className={`${styles.pane} ${styles.thread}`}>
        <Thread id={id} contextOpen={open} onToggleContext={toggle} />
      </main>
      {open && wide && (
        <>
          <Divider name="contextWidth" label="Width of the customer" min={260} max={480} right />
          <aside className={styles.pane} style={{ width }} aria-label="Customer">
            <Context id={id} onClose={toggle} />
          </aside>
        </>
      )}
      {open && !wide && (
        <aside className={`${styles.pane} ${styles.overlay}`} aria-label="Customer">
          <Context id={id} onClose={toggle} />
        </aside>
      )}
    </>
  );
}

function Context({ id, onClose }: { id: string; onClose: () => void }) {
  const conversation = useQuery(conversationQuery(id)).data;
  return (
    <>
      <header className={styles.header}>
        <h2>Customer</h2>
        <IconButton icon={X} label="Close" shortcut="c" onClick={onClose} />
      </header>
      <div className={styles.context}>{conversation && <ContextPanel conversation={conversation} />}</div>
    </>
  );
}

function useTitle(filter: ListFilter) {
  const title = useViewTitle(filter);
  const mine = useQuery(viewsQuery).data?.mine ?? 0;
  useEffect(() => {
    document.title = `${mine > 0 ? `(${mine}) ` : ''}${title} · Usher`;
  }, [title, mine]);
}
