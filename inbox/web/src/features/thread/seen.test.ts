import { describe, expect, it } from 'vitest';
import { conversation, me, uuid } from '@/test/shapes';
import { isUnread, markSeen, seenUpTo } from './seen';

const ben = me({});
const mine = (seq: number) =>
  conversation({ id: uuid(42), agent: { id: ben.id, name: ben.name }, last_seq: seq });

describe('what was read', () => {
  it('is unread until its end was on the screen, and again with the next message', () => {
    expect(isUnread(mine(3), ben.id)).toBe(true);
    markSeen(uuid(42), 3);
    expect(isUnread(mine(3), ben.id)).toBe(false);
    expect(isUnread(mine(4), ben.id)).toBe(true);
  });
  it('never goes back', () => {
    markSeen(uuid(43), 5);
    markSeen(uuid(43), 2);
    expect(seenUpTo(uuid(43))).toBe(5);
  });
  it('concerns one’s own conversations where the customer waits', () => {
    expect(isUnread(conversation({ agent: null }), ben.id)).toBe(false);
    expect(isUnread({ ...mine(9), waiting_since: null }, ben.id)).toBe(false);
  });
});
