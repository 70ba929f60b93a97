import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useRef, useState } from 'react';
import { keys } from '@/api/queries';
import { outbox } from '@/features/composer/outbox';
import { applyNews, gatheredRefresh, type News, readAnew } from './changes';
import { LiveConnection, type LiveState } from './connection';

/** `lost` once a loss has lasted so long that it is worth saying. */
export type Live = { state: LiveState; lost: boolean; retry: () => void };

export const LiveContext = createContext<Live>({ state: 'connecting', lost: false, retry: () => {} });
export const useLiveState = () => useContext(LiveContext);
export const useLost = () => useContext(LiveContext).lost;

/** How long a loss has to last before it is said: a reload of the server is no news. */
const patience = 1500;

const understood = new Set(['conversation', 'gone', 'views', 'presence', 'refetch']);
const known = (n: unknown): n is News =>
  typeof n === 'object' && n !== null && 'type' in n && understood.has(String(n.type));

/** Keeps the live connection while the app is shown; used once, in the frame. */
export function useLive(onNews: (news: News) => void): Live {
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  const connection = useRef<LiveConnection>(undefined);
  const tell = useRef(onNews);
  useEffect(() => {
    tell.current = onNews;
  });
  useEffect(() => {
    const { refresh, stop } = gatheredRefresh(queries);
    const url = `${location.origin.replace(/^http/, 'ws')}/api/v1/live`;
    const c = new LiveConnection({
      url,
      onState: setState,
      // The read of who we are finds out that nobody is, and leads to the sign-in page.
      onSignedOut: () => void queries.invalidateQueries({ queryKey: keys.me }),
      onLive(again) {
        outbox.flushAll();
        if (again) readAnew(queries);
      },
      onNews(news) {
        if (!known(news)) return;
        tell.current(news);
        applyNews(queries, news, refresh);
      },
    });
    connection.current = c;
    c.start();
    return () => {
      c.stop();
      stop();
    };
  }, [queries]);
  return { state, lost: useLasting(state === 'lost'), retry: () => connection.current?.retryNow() };
}

/** True once something has been true for as long as our patience. */
function useLasting(now: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!now) {
      setLasting(false);
      return;
    }
    const timer = setTimeout(() => setLasting(true), patience);
    return () => clearTimeout(timer);
  }, [now]);
  return now && lasting;
}
