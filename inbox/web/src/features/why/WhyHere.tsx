import type { Conversation } from '@/api/shapes';

export function WhyHere({ conversation }: { conversation: Conversation }) {
  return <p>{conversation.reason}</p>;
}
