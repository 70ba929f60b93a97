// What a piece of live news does to the cached reads.
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { keys } from '@/api/queries';
import type { Colleague, Conversation, ConversationPage, Me, Presence, View, Views } from '@/api/shapes';
import type { Entries } from '@/features/thread/entries';

type Pages = InfiniteData<ConversationPage, string>;

/** True when a conversation surely is not in a view any more. What is in it, and where, only the server knows. */
export function surelyNotIn(view: View, team: string, c: Conversation, me: string): boolean {
  if ((view === 'resolved') !== (c.status === 'resolved')) return true;
  switch (view) {
    case 'mine':
      return c.status !== 'open' || c.agent?.id !== me;
    case 'queue':
      return c.status !== 'open' || c.agent !== null || (team !== '' && c.team !== team);
    case 'waiting':
      return c.status !== 'waiting';
    default:
      return false;
  }
}

/** The pages with a conversation as it stands now: its row replaced where it is, or taken out. The same object when nothing changes. */
export function withRow(pages: Pages, c: Conversation, gone: boolean): Pages {
  if (!pages.pages.some((p) => p.items.some((row) => row.id === c.id))) return pages;
  return {
    ...pages,
    pages: pages.pages.map((p) => ({
      ...p,
      items: gone
        ? p.items.filter((row) => row.id !== c.id)
        : p.items.map((row) => (row.id === c.id ? c : row)),
    })),
  };
}

/**
 * Puts a conversation as it stands now into every cached read. An older state than the one held is ignored: news and
 * answers to our own calls may overtake one another. Returns false when it was ignored.
 */
export function applyConversation(queries: QueryClient, c: Conversation): boolean {
  const held = queries.getQueryData<Conversation>(keys.conversation(c.id));
  if (held && held.last_seq > c.last_seq) return false;
  const me = queries.getQueryData<Me>(keys.me)?.id ?? '';
  queries.setQueryData<Conversation>(keys.conversation(c.id), c);
  for (const [key, pages] of queries.getQueriesData<Pages>({ queryKey: keys.lists })) {
    if (!pages) continue;
    const [, view, team] = key as readonly [string, View, string, string];
    queries.setQueryData<Pages>(key, withRow(pages, c, surelyNotIn(view, team, c, me)));
  }
  return true;
}

/** What a correction changes: the conversation, what was decided and said in it, lists, and how intents fared. */
export function applyCorrected(queries: QueryClient, c: Conversation) {
  applyConversation(queries, c);
  for (const key of [keys.decisions(c.id), keys.messages(c.id), keys.lists, keys.views, keys.thresholds]) {
    void queries.invalidateQueries({ queryKey: key });
  }
}

/**
 * Reads everything that is shown anew, after the connection was away: what happened meanwhile was not told, and a server
 * that lost its power may have lost its last moments and given their sequences to other entries. So nothing that is held
 * stands against what the server says from now on, whatever its sequence.
 */
export function readAnew(queries: QueryClient) {
  queries.setQueriesData<Conversation>({ queryKey: keys.conversations }, (c) => c && { ...c, last_seq: 0 });
  queries.setQueriesData<Entries>({ queryKey: keys.threads }, (e) => e && { ...e, doubted: true });
  void queries.invalidateQueries();
}

/** What the live connection says; inbox/live describes it. */
export type News =
  | { type: 'conversation'; conversation: Conversation; seq: number }
  | { type: 'gone'; id: string }
  | { type: 'views'; views: Views }
  | { type: 'presence'; agent: string; presence: Presence }
  | { type: 'refetch' };

/** Applies a piece of news. What it cannot tell by itself is asked for through `refresh`, which may be called often. */
export function applyNews(queries: QueryClient, news: News, refresh: Refresh) {
  switch (news.type) {
    case 'conversation': {
      const { conversation: c } = news;
      applyConversation(queries, c);
      refresh('lists');
      if (queries.getQueryData(keys.messages(c.id))) refresh('conversation', c.id);
      return;
    }
    case 'gone':
      queries.removeQueries({ queryKey: keys.conversation(news.id) });
      refresh('lists');
      return;
    case 'views':
      queries.setQueryData(keys.views, news.views);
      return;
    case 'presence':
      applyPresence(queries, news.agent, news.presence);
      return;
    case 'refetch':
      void queries.invalidateQueries();
      return;
  }
}

function applyPresence(queries: QueryClient, agent: string, presence: Presence) {
  queries.setQueryData<Me>(keys.me, (me) => (me?.id === agent ? { ...me, presence } : me));
  queries.setQueryData<Colleague[]>(keys.agents, (all) =>
    all?.map((a) => (a.id === agent ? { ...a, presence } : a)),
  );
}

export type Refresh = (what: 'lists' | 'conversation', id?: string) => void;

/** Asks again for what changed, at most once per `wait` and thing however fast news comes. */
export function gatheredRefresh(queries: QueryClient, wait = 400): { refresh: Refresh; stop: () => void } {
  const due = new Map<string, ReturnType<typeof setTimeout>>();
  const gather = (name: string, delay: number, run: () => void) => {
    if (due.has(name)) return;
    due.set(
      name,
      setTimeout(() => {
        due.delete(name);
        run();
      }, delay),
    );
  };
  return {
    refresh(what, id = '') {
      if (what === 'lists') {
        gather('lists', wait, () => {
          void queries.invalidateQueries({ queryKey: keys.lists });
          void queries.invalidateQueries({ queryKey: keys.views });
        });
        return;
      }
      gather(id, 0, () => void queries.invalidateQueries({ queryKey: keys.messages(id) }));
      gather(`${id} beside`, wait, () => {
        void queries.invalidateQueries({ queryKey: keys.decisions(id) });
        void queries.invalidateQueries({ queryKey: keys.context(id) });
      });
    },
    stop() {
      for (const timer of due.values()) clearTimeout(timer);
      due.clear();
    },
  };
}
