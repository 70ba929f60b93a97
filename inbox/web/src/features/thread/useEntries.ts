import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fetchMessages, keys } from '@/api/queries';
import { toastError } from '@/parts/toasts';
import { catchUp, type Entries, lookBack, merge } from './entries';

/** The entries of a conversation, kept complete: every refetch asks only for what is missing or may have changed. */
export function useEntries(id: string) {
  const queries = useQueryClient();
  const [lookingBack, setLookingBack] = useState(false);
  const key = keys.messages(id);
  const held = () => queries.getQueryData<Entries>(key);
  /** With what came into the cache while the fetch was under way. */
  const join = (fetched: Entries): Entries => {
    const now = held();
    return now ? merge(now, { items: fetched.items, last_seq: fetched.lastSeq }) : fetched;
  };
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => join(await catchUp(held(), (q) => fetchMessages(id, q, signal))),
  });
  const before = async () => {
    const now = held();
    if (!now || lookingBack) return;
    setLookingBack(true);
    try {
      queries.setQueryData(key, join(await lookBack(now, (q) => fetchMessages(id, q))));
    } catch (error) {
      toastError(error);
    } finally {
      setLookingBack(false);
    }
  };
  const first = query.data?.items[0]?.seq ?? 1;
  return { ...query, hasBefore: first > 1, before, lookingBack };
}
