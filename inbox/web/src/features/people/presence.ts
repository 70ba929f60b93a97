// Whether an agent takes work.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ask, client } from '@/api/client';
import { keys } from '@/api/queries';
import type { Me, Presence } from '@/api/shapes';
import { useLost } from '@/live/useLive';
import { toastError } from '@/parts/toasts';

export const presences: { value: Presence; label: string }[] = [
  { value: 'online', label: 'Online: I take work' },
  { value: 'away', label: 'Away: no new work' },
  { value: 'offline', label: 'Offline' },
];

/** What to show of a presence: while the connection is lost nobody knows it. */
export function useShownPresence(): (presence: Presence) => Presence | 'unknown' {
  const lost = useLost();
  return (presence) => (lost ? 'unknown' : presence);
}

/** Says whether I take work. It shows at once, and as it was when the server refuses. */
export function useSetPresence() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (presence: Presence) => ask(client.PUT('/api/v1/me/presence', { body: { presence } })),
    onMutate: (presence) => {
      const before = queries.getQueryData<Me>(keys.me);
      if (before) queries.setQueryData<Me>(keys.me, { ...before, presence });
      return before;
    },
    onSuccess: (me) => {
      queries.setQueryData<Me>(keys.me, me);
      void queries.invalidateQueries({ queryKey: keys.agents });
    },
    onError: (error, _, before) => {
      if (before) queries.setQueryData<Me>(keys.me, before);
      toastError(error);
    },
  });
}
