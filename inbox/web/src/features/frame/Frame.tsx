import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { keys } from '@/api/queries';
import type { Conversation, View } from '@/api/shapes';
import { connectOutbox } from '@/features/composer/send';
import { ShortcutHelp } from '@/features/shortcuts/ShortcutHelp';
import { useShortcutKeys, useShortcuts } from '@/features/shortcuts/useShortcuts';
import type { News } from '@/live/changes';
import { LiveContext, useLive } from '@/live/useLive';
import { Toasts } from '@/parts/Toasts';
import { contactName } from '@/parts/words';
import { ConnectionBanner } from './ConnectionBanner';
import styles from './Frame.module.css';
import { Nav } from './Nav';

/** The frame around every page of a signed-in agent: navigation, connection, shortcuts, messages. */
export function Frame() {
  const queries = useQueryClient();
  const [help, setHelp] = useState(false);
  const [announced, setAnnounced] = useState('');
  useEffect(() => connectOutbox(queries), [queries]);
  const announce = useCallback(
    (news: News) => {
      if (news.type !== 'conversation' || !becameUrgent(queries, news.conversation)) return;
      setAnnounced(`Urgent: ${contactName(news.conversation.contact)}. ${news.conversation.preview}`);
    },
    [queries],
  );
  const live = useLive(announce);
  useShortcutKeys();
  useGoTo();
  useShortcuts({ help: () => setHelp(true) });
  return (
    <LiveContext value={live}>
      <div className={styles.frame}>
        <a className={styles.skip} href="#page">
          Skip to the page
        </a>
        <Nav onHelp={() => setHelp(true)} />
        <ConnectionBanner />
        <div id="page" className={styles.page} tabIndex={-1}>
          <Outlet />
        </div>
        <div className="unseen" aria-live="assertive">
          {announced}
        </div>
      </div>
      <Toasts />
      <ShortcutHelp opened={help} onClose={() => setHelp(false)} />
    </LiveContext>
  );
}

/** True for what is urgent now and was not when last heard of. */
function becameUrgent(queries: QueryClient, c: Conversation): boolean {
  if (c.priority !== 'urgent' || c.status !== 'open') return false;
  const before = queries.getQueryData<Conversation>(keys.conversation(c.id));
  return before?.priority !== 'urgent' || before.status !== 'open';
}

function useGoTo() {
  const navigate = useNavigate();
  const go = (view: View) => () => void navigate({ to: '/inbox/$view', params: { view } });
  useShortcuts({
    goMine: go('mine'),
    goQueue: go('queue'),
    goAll: go('all'),
    goWaiting: go('waiting'),
    goResolved: go('resolved'),
    goLabel: () => void navigate({ to: '/label' }),
  });
}
