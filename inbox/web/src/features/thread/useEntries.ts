import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fetchMessages, keys } from '@/api/queries';
import { toastError } from '@/parts/toasts';
import { catchUp, type Entries, join, lookBack, merge } from './entries';

/** The entries of a conversation, kept complete: every refetch asks only for what is missing or may have changed. */
export function useEntries(id: string) {
  const queries = useQueryClient();
  const [lookingBack, setLookingBack] = useState(false);
  const key = keys.messages(id);
  const held = () => queries.getQueryData<Entries>(key);
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const before = held();
      const fetched = await catchUp(before, (q) => fetchMessages(id, q, signal));
      return join(fetched, before, held());
    },
  });
  const before = async () => {
    const now = held();
    if (!now || lookingBack) return;
    setLookingBack(true);
    try {
      const page = await lookBack(now, (q) => fetchMessages(id, q));
      if (page) queries.setQueryData<Entries>(key, (e) => e && merge(e, page));
    } catch (error) {
      toastError(error);
    } finally {
      setLookingBack(false);
    }
  };
  const first = query.data?.items[0]?.seq ?? 1;
  return { ...query, hasBefore: first > 1, before, lookingBack };
}
