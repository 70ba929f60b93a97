import type { Conversation } from '@/api/shapes';

export function ContextPanel({ conversation }: { conversation: Conversation }) {
  return <h2>{conversation.contact.name}</h2>;
}
