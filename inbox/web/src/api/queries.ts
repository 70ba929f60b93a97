// Every read of the API, with its key. A key is used nowhere but here and in the cache updates of src/live.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ask, client } from './client';
import type { Context, Conversation, ConversationPage, Decision, Messages, Summary, View } from './shapes';

export type ListFilter = { view: View; team?: string | undefined; q?: string | undefined };

export const keys = {
  me: ['me'] as const,
  views: ['views'] as const,
  lists: ['list'] as const,
  list: (f: ListFilter) => ['list', f.view, f.team ?? '', f.q ?? ''] as const,
  conversations: ['conversation'] as const,
  conversation: (id: string) => ['conversation', id] as const,
  threads: ['messages'] as const,
  messages: (id: string) => ['messages', id] as const,
  context: (id: string) => ['context', id] as const,
  decisions: (id: string) => ['decisions', id] as const,
  utterance: (id: string, message: string) => ['utterance', id, message] as const,
  agents: ['agents'] as const,
  teams: ['teams'] as const,
  intents: ['intents'] as const,
  chatModel: ['chat-model'] as const,
  summary: (id: string) => ['summary', id] as const,
  templates: ['templates'] as const,
  templateVariables: ['template-variables'] as const,
  preview: (name: string, language: string, body: string, conversation: string) =>
    ['preview', name, language, body, conversation] as const,
  thresholds: ['thresholds'] as const,
  policies: ['policies'] as const,
  nextLabels: ['next-labels'] as const,
  vectors: ['vectors'] as const,
};

const path = (id: string) => ({ params: { path: { id } } });

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => ask(client.GET('/api/v1/me', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const viewsQuery = queryOptions({
  queryKey: keys.views,
  queryFn: ({ signal }) => ask(client.GET('/api/v1/views', { signal })),
});

export const pageSize = 50;

export const listQuery = (f: ListFilter) =>
  infiniteQueryOptions({
    queryKey: keys.list(f),
    queryFn: ({ signal, pageParam }): Promise<ConversationPage> =>
      ask(
        client.GET('/api/v1/conversations', {
          signal,
          params: {
            query: {
              view: f.view,
              limit: pageSize,
              ...(f.team && { team: f.team }),
              ...(f.q && { q: f.q }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
  });

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }): Promise<Conversation> =>
      ask(client.GET('/api/v1/conversations/{id}', { signal, ...path(id) })),
  });

/** Entries after a sequence, in order; `before` asks for the last ones before one instead. */
export async function fetchMessages(
  id: string,
  query: { after?: number; before?: number; limit?: number },
  signal?: AbortSignal,
): Promise<Messages> {
  return ask(
    client.GET('/api/v1/conversations/{id}/messages', {
      params: { path: { id }, query },
      ...(signal && { signal }),
    }),
  );
}

export const contextQuery = (id: string) =>
  queryOptions({
    queryKey: keys.context(id),
    queryFn: ({ signal }): Promise<Context> =>
      ask(client.GET('/api/v1/conversations/{id}/context', { signal, ...path(id) })),
  });

export const decisionsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.decisions(id),
    queryFn: async ({ signal }): Promise<Decision[]> =>
      (await ask(client.GET('/api/v1/conversations/{id}/decisions', { signal, ...path(id) }))).items,
  });

/** The text that a decision was made on; null when the message is not among the latest of its conversation. */
export const utteranceQuery = (id: string, message: string) =>
  queryOptions({
    queryKey: keys.utterance(id, message),
    queryFn: async ({ signal }) => {
      const { items } = await fetchMessages(id, { before: Number.MAX_SAFE_INTEGER, limit: 200 }, signal);
      return items.find((m) => m.id === message)?.text ?? null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

export const agentsQuery = queryOptions({
  queryKey: keys.agents,
  queryFn: async ({ signal }) => (await ask(client.GET('/api/v1/agents', { signal }))).items,
});

export const teamsQuery = queryOptions({
  queryKey: keys.teams,
  queryFn: async ({ signal }) => (await ask(client.GET('/api/v1/teams', { signal }))).items,
  staleTime: 5 * 60_000,
});

export const intentsQuery = queryOptions({
  queryKey: keys.intents,
  queryFn: async ({ signal }) => (await ask(client.GET('/api/v1/intents', { signal }))).items,
  staleTime: Number.POSITIVE_INFINITY,
});

/** The name of the model that writes drafts and summaries; empty when there is none. */
export const chatModelQuery = queryOptions({
  queryKey: keys.chatModel,
  queryFn: async ({ signal }) => (await ask(client.GET('/api/v1/chat-model', { signal }))).name,
  staleTime: Number.POSITIVE_INFINITY,
});

/** A summary is asked for by a person, and kept for as long as the page lives. */
export const summaryQuery = (id: string) =>
  queryOptions({
    queryKey: keys.summary(id),
    queryFn: ({ signal }): Promise<Summary> =>
      ask(client.POST('/api/v1/conversations/{id}/summary', { signal, ...path(id) })),
    enabled: false,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });

export const templatesQuery = queryOptions({
  queryKey: keys.templates,
  queryFn: async ({ signal }) => (await ask(client.GET('/api/v1/templates', { signal }))).items,
});

/** How a text would read in a conversation, or for nobody in particular. */
export const previewQuery = (name: string, language: string, body: string, conversation: string) =>
  queryOptions({
    queryKey: keys.preview(name, language, body, conversation),
    queryFn: ({ signal }) =>
      ask(
        client.POST('/api/v1/templates/{name}/preview', {
          signal,
          params: { path: { name } },
          body: { language, body, ...(conversation && { conversation_id: conversation }) },
        }),
      ),
    gcTime: 60_000,
  });

export const templateVariablesQuery = queryOptions({
  queryKey: keys.templateVariables,
  queryFn: async ({ signal }) => (await ask(client.GET('/api/v1/template-variables', { signal }))).items,
  staleTime: Number.POSITIVE_INFINITY,
});

export const thresholdsQuery = queryOptions({
  queryKey: keys.thresholds,
  queryFn: ({ signal }) => ask(client.GET('/api/v1/thresholds', { signal })),
});

/** What to label next; it stays as it is until more is asked for, so that nothing moves under the keys. */
export const nextLabelsQuery = queryOptions({
  queryKey: keys.nextLabels,
  queryFn: ({ signal }) => ask(client.GET('/api/v1/labels/next', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
});

/** While an embedding model is new, how far it is changes by the second. */
export const vectorsQuery = queryOptions({
  queryKey: keys.vectors,
  queryFn: async ({ signal }) => (await ask(client.GET('/api/v1/vectors', { signal }))).items,
  refetchInterval: ({ state }) => (state.data?.some((s) => s.done < s.past) ? 5_000 : false),
});

export const policiesQuery = queryOptions({
  queryKey: keys.policies,
  queryFn: async ({ signal }) => (await ask(client.GET('/api/v1/policy/versions', { signal }))).items,
});
