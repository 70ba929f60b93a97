import { useEffect, useRef, useState } from 'react';
import { ask, client } from '@/api/client';
import type { DraftedReply } from '@/api/shapes';

export type Drafting = {
  state: 'idle' | 'busy' | 'failed';
  /** Why there is no draft. */
  error?: Error | undefined;
  start: () => void;
  /** Ends what is under way, or forgets the error. */
  stop: () => void;
};

/** Has a reply drafted, one at a time. It ends when the conversation is left. */
export function useDrafting(conversation: string, onDraft: (draft: DraftedReply) => void): Drafting {
  const [now, setNow] = useState<Pick<Drafting, 'state' | 'error'>>({ state: 'idle' });
  const running = useRef<AbortController>(null);
  const done = useRef(onDraft);
  useEffect(() => {
    done.current = onDraft;
  });
  useEffect(() => () => running.current?.abort(), []);
  const start = async () => {
    if (running.current) return;
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    setNow({ state: 'busy' });
    try {
      const params = { path: { id: conversation } };
      const draft = await ask(client.POST('/api/v1/conversations/{id}/drafts', { signal, params }));
      if (signal.aborted) return;
      setNow({ state: 'idle' });
      done.current(draft);
    } catch (error) {
      if (!signal.aborted) setNow({ state: 'failed', error: error as Error });
    } finally {
      if (running.current === controller) running.current = null;
    }
  };
  const stop = () => {
    running.current?.abort();
    running.current = null;
    setNow({ state: 'idle' });
  };
  return { ...now, start: () => void start(), stop };
}
