// What an agent does to a conversation. Each answer is the conversation as it stands then, and goes into the caches.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, ask, client } from '@/api/client';
import { conversationQuery, keys } from '@/api/queries';
import type { Conversation, Priority } from '@/api/shapes';
import { applyConversation } from '@/live/changes';
import { toast, toastError } from '@/parts/toasts';
import { contactName, sentence } from '@/parts/words';

const path = (id: string) => ({ params: { path: { id } } });

export type HandOver = { agent_id?: string; team?: string; note?: string };

export const calls = {
  take: (id: string) => ask<Conversation>(client.POST('/api/v1/conversations/{id}/take', path(id))),
  resolve: (id: string) => ask<Conversation>(client.POST('/api/v1/conversations/{id}/resolve', path(id))),
  reopen: (id: string) => ask<Conversation>(client.POST('/api/v1/conversations/{id}/reopen', path(id))),
  handOver: (id: string, body: HandOver) =>
    ask<Conversation>(client.POST('/api/v1/conversations/{id}/hand-over', { ...path(id), body })),
  priority: (id: string, priority: Priority) =>
    ask<Conversation>(client.PUT('/api/v1/conversations/{id}/priority', { ...path(id), body: { priority } })),
  wrongAnswer: (id: string, decision_id: string) =>
    ask<Conversation>(
      client.POST('/api/v1/conversations/{id}/corrections', {
        ...path(id),
        body: { decision_id, wrong_answer: true },
      }),
    ),
};

type Change = (c: Conversation) => Promise<Conversation>;

/** Runs changes on conversations and brings every view up to date, also when somebody else was faster. */
export function useActions() {
  const queries = useQueryClient();
  const refreshLists = () => {
    void queries.invalidateQueries({ queryKey: keys.lists });
    void queries.invalidateQueries({ queryKey: keys.views });
  };
  const change = useMutation({
    mutationFn: ({ c, run }: { c: Conversation; run: Change }) => run(c),
    onSuccess: (after) => {
      applyConversation(queries, after);
      void queries.invalidateQueries({ queryKey: keys.messages(after.id) });
      refreshLists();
    },
    onError: async (error, { c }) => {
      if (!(error instanceof ApiError) || error.status !== 409) {
        toastError(error);
        return;
      }
      // The state we acted on is old: show how it stands now, and whose doing that is.
      const now = await queries
        .fetchQuery({ ...conversationQuery(c.id), staleTime: 0 })
        .catch(() => undefined);
      if (now) applyConversation(queries, now);
      refreshLists();
      const faster = now?.agent && now.agent.id !== c.agent?.id ? now.agent.name : undefined;
      toast(faster ? `${faster} was faster. ${sentence(error.message)}.` : sentence(error.message), {
        tone: 'danger',
      });
    },
  });
  const run = (c: Conversation, run: Change) => change.mutateAsync({ c, run }).catch(() => undefined);
  const reopen = (c: Conversation) => run(c, (c) => calls.reopen(c.id));
  return {
    busy: change.isPending,
    take: (c: Conversation) => run(c, (c) => calls.take(c.id)),
    reopen,
    async resolve(c: Conversation) {
      const done = await run(c, (c) => calls.resolve(c.id));
      if (!done) return;
      toast(`Resolved: ${contactName(c.contact)}`, {
        action: { label: 'Undo', run: () => void reopen(done) },
      });
    },
    priority: (c: Conversation, p: Priority) => run(c, (c) => calls.priority(c.id, p)),
    handOver: (c: Conversation, to: HandOver) => run(c, (c) => calls.handOver(c.id, to)),
    async wrongAnswer(c: Conversation, decision: string) {
      if (await run(c, (c) => calls.wrongAnswer(c.id, decision))) {
        toast('Noted as a wrong answer. It counts on the thresholds page.');
      }
    },
  };
}
