import type { QueryClient } from '@tanstack/react-query';
import { ask, client } from '@/api/client';
import { keys } from '@/api/queries';
import type { Message } from '@/api/shapes';
import { type Entries, merge } from '@/features/thread/entries';
import { outbox } from './outbox';

/** Connects the outbox with the API and the caches, and sends what a last visit left. */
export function connectOutbox(queries: QueryClient) {
  outbox.connect(
    ({ conversation, kind, text, clientId, template }) => {
      const params = { path: { id: conversation } };
      const body = { text, client_id: clientId, ...(template && kind === 'reply' && { template }) };
      return ask<Message>(
        kind === 'reply'
          ? client.POST('/api/v1/conversations/{id}/replies', { params, body })
          : client.POST('/api/v1/conversations/{id}/notes', { params, body }),
      );
    },
    ({ conversation }, message) => {
      const held = queries.getQueryData<Entries>(keys.messages(conversation));
      if (held) {
        queries.setQueryData(
          keys.messages(conversation),
          merge(held, { items: [message], last_seq: message.seq }),
        );
      }
      void queries.invalidateQueries({ queryKey: keys.messages(conversation) });
      void queries.invalidateQueries({ queryKey: keys.conversation(conversation) });
      void queries.invalidateQueries({ queryKey: keys.lists });
      void queries.invalidateQueries({ queryKey: keys.views });
    },
  );
  outbox.flushAll();
}
