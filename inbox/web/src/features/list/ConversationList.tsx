import type { ListFilter } from '@/api/queries';
export function ConversationList(_: { filter: ListFilter; selected: string | undefined; viewsFolded: boolean }) {
  return null;
}
