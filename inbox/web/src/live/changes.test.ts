import { QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keys, type ListFilter } from '@/api/queries';
import type { Conversation, ConversationPage } from '@/api/shapes';
import { conversation, me, uuid } from '@/test/shapes';
import { applyConversation, applyNews, gatheredRefresh, readAnew, surelyNotIn } from './changes';

const ben = me({});
const owned = { id: ben.id, name: ben.name };
let queries: QueryClient;

const seed = (f: ListFilter, ...items: Conversation[]) =>
  queries.setQueryData(keys.list(f), { pages: [{ items, next_cursor: '' }], pageParams: [''] });
const rows = (f: ListFilter) =>
  queries
    .getQueryData<{ pages: ConversationPage[] }>(keys.list(f))!
    .pages.flatMap((p) => p.items.map((c) => `${c.id.slice(-1)} ${c.preview}`));

beforeEach(() => {
  queries = new QueryClient();
  queries.setQueryData(keys.me, ben);
});

describe('surelyNotIn', () => {
  const cases: [string, Partial<Conversation>, Parameters<typeof surelyNotIn>[0], string, boolean][] = [
    ['mine stays mine', { agent: owned }, 'mine', '', false],
    ['handed over leaves mine', { agent: { id: uuid(7), name: 'Cleo' } }, 'mine', '', true],
    [
      'answered leaves mine: it is the customer’s turn',
      { agent: owned, status: 'waiting' },
      'mine',
      '',
      true,
    ],
    ['taken leaves the queue', { agent: owned }, 'queue', '', true],
    ['another team leaves a team queue', { team: 'billing' }, 'queue', 'support', true],
    ['another team stays in the queue of all my teams', { team: 'billing' }, 'queue', '', false],
    ['resolved leaves all', { status: 'resolved' }, 'all', '', true],
    ['reopened leaves resolved', { status: 'open' }, 'resolved', '', true],
    ['answered by the customer leaves waiting', { status: 'open' }, 'waiting', '', true],
  ];
  it.each(cases)('%s', (_, c, view, team, want) => {
    expect(surelyNotIn(view, team, conversation(c), ben.id)).toBe(want);
  });
});

describe('applyConversation', () => {
  it('replaces the row where it stands and leaves the others', () => {
    const other = conversation({ id: uuid(2), preview: 'other' });
    seed({ view: 'all' }, other, conversation({}));
    applyConversation(queries, conversation({ last_seq: 2, preview: 'new words' }));
    expect(rows({ view: 'all' })).toEqual(['2 other', '1 new words']);
  });
  it('takes the row out of the views it left', () => {
    seed({ view: 'mine' }, conversation({ agent: owned }));
    seed({ view: 'all' }, conversation({ agent: owned }));
    applyConversation(queries, conversation({ last_seq: 2, preview: 'done', status: 'resolved' }));
    expect(rows({ view: 'mine' })).toEqual([]);
    expect(rows({ view: 'all' })).toEqual([]);
  });
  it('ignores a state older than the one held', () => {
    queries.setQueryData(keys.conversation(uuid(1)), conversation({ last_seq: 5, preview: 'newer' }));
    expect(applyConversation(queries, conversation({ last_seq: 4, preview: 'older' }))).toBe(false);
    expect(queries.getQueryData<Conversation>(keys.conversation(uuid(1)))?.preview).toBe('newer');
  });
});

describe('after the connection was away', () => {
  it('what the server says counts, also when its sequence is lower than the one held', () => {
    const asked = vi.spyOn(queries, 'invalidateQueries').mockResolvedValue();
    queries.setQueryData(keys.conversation(uuid(1)), conversation({ last_seq: 5, preview: 'lost' }));
    queries.setQueryData(keys.messages(uuid(1)), { items: [], lastSeq: 5 });
    readAnew(queries);
    expect(asked).toHaveBeenCalledWith();
    expect(queries.getQueryData(keys.messages(uuid(1)))).toMatchObject({ doubted: true });
    expect(applyConversation(queries, conversation({ last_seq: 4, preview: 'kept' }))).toBe(true);
    expect(queries.getQueryData<Conversation>(keys.conversation(uuid(1)))?.preview).toBe('kept');
  });
});

describe('news', () => {
  it('of a conversation that is open here asks for its entries', () => {
    const refresh = vi.fn();
    queries.setQueryData(keys.messages(uuid(1)), { items: [], lastSeq: 1 });
    applyNews(
      queries,
      { type: 'conversation', seq: 2, conversation: conversation({ last_seq: 2 }) },
      refresh,
    );
    expect(refresh).toHaveBeenCalledWith('conversation', uuid(1));
    expect(refresh).toHaveBeenCalledWith('lists');
  });
  it('of a conversation that was never opened asks for lists only', () => {
    const refresh = vi.fn();
    applyNews(
      queries,
      { type: 'conversation', seq: 2, conversation: conversation({ last_seq: 2 }) },
      refresh,
    );
    expect(refresh.mock.calls).toEqual([['lists']]);
  });
  it('of a presence changes the agent among colleagues, and oneself', () => {
    queries.setQueryData(keys.agents, [{ id: ben.id, name: ben.name, presence: 'online' }]);
    applyNews(queries, { type: 'presence', agent: ben.id, presence: 'away' }, vi.fn());
    expect(queries.getQueryData<{ presence: string }>(keys.me)?.presence).toBe('away');
    expect(queries.getQueryData<{ presence: string }[]>(keys.agents)?.[0]?.presence).toBe('away');
  });
  it('in a flood asks for the lists once', () => {
    vi.useFakeTimers();
    const asked = vi.spyOn(queries, 'invalidateQueries').mockResolvedValue();
    const { refresh, stop } = gatheredRefresh(queries, 400);
    for (let i = 0; i < 100; i++) refresh('lists');
    vi.advanceTimersByTime(400);
    expect(asked.mock.calls.map(([f]) => f?.queryKey?.[0])).toEqual(['list', 'views']);
    stop();
    vi.useRealTimers();
  });
});
