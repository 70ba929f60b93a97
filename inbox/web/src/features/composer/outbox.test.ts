import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/client';
import { message } from '@/test/shapes';
import { hasDraft, keepDraft, readDraft } from './drafts';
import { Outbox, type Outgoing } from './outbox';

const gone = new ApiError(0, 'unreachable');
const text = (t: string) => ({ conversation: 'c1', kind: 'reply' as const, text: t });

/** An outbox and the server behind it, which answers with what `answers` says, in turn, then with success. */
function setup(...answers: (ApiError | 'ok')[]) {
  const box = new Outbox();
  const sent: Outgoing[] = [];
  const confirmed: string[] = [];
  box.connect(
    async (o) => {
      sent.push(o);
      const answer = answers.shift() ?? 'ok';
      if (answer !== 'ok') throw answer;
      return message({ client_id: o.clientId, text: o.text });
    },
    (o) => confirmed.push(o.text),
  );
  const settled = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  return { box, sent, confirmed, settled };
}

const states = (box: Outbox) => box.list().map((e) => `${e.text} ${e.state}`);

describe('the outbox', () => {
  it('shows an entry at once and lets go of it when the server has it', async () => {
    const { box, confirmed, settled } = setup();
    box.add(text('hello'));
    expect(states(box)).toEqual(['hello sending']);
    await settled();
    expect(states(box)).toEqual([]);
    expect(confirmed).toEqual(['hello']);
  });
  it('waits when Usher cannot be reached, and sends in order with the same client id later', async () => {
    const { box, sent, confirmed, settled } = setup(gone);
    box.add(text('one'));
    await settled();
    box.add(text('two'));
    expect(states(box)).toContain('two sending');
    await settled();
    expect(confirmed).toEqual(['one', 'two']);
    expect(sent[0]?.clientId).toBe(sent[1]?.clientId);
  });
  it('tries again by itself, for a live connection may not notice that a call failed', async () => {
    vi.useFakeTimers();
    const { box, confirmed } = setup(gone, gone);
    box.add(text('hello'));
    await vi.advanceTimersByTimeAsync(1_999);
    expect(states(box)).toEqual(['hello waiting']);
    await vi.advanceTimersByTimeAsync(1);
    expect(states(box)).toEqual(['hello waiting']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(confirmed).toEqual(['hello']);
    vi.useRealTimers();
  });
  it('does not let a later entry overtake one that waits', async () => {
    const { box, settled } = setup(gone, gone);
    box.add(text('one'));
    await settled();
    box.add(text('two'));
    await settled();
    expect(states(box)).toEqual(['one waiting', 'two sending']);
    box.flushAll();
    await settled();
    expect(states(box)).toEqual([]);
  });
  it('keeps what was refused, says why, and sends it again only when asked', async () => {
    const { box, confirmed, settled } = setup(new ApiError(422, 'text: is too long'));
    const entry = box.add(text('long'));
    await settled();
    expect(states(box)).toEqual(['long failed']);
    expect(box.list()[0]?.error).toBe('text: is too long');
    box.flushAll();
    await settled();
    expect(confirmed).toEqual([]);
    box.retry(entry.clientId);
    await settled();
    expect(confirmed).toEqual(['long']);
  });
  it('gives a reply and a note of the same words an id each, which trying again keeps', async () => {
    const { box, sent, settled } = setup(gone, 'ok', new ApiError(422, 'text: no'));
    box.add(text('same'));
    const note = box.add({ ...text('same'), kind: 'note' });
    await settled();
    box.flushAll();
    await settled();
    box.retry(note.clientId);
    await settled();
    const tries = sent.map((o) => `${o.kind} ${o.clientId}`);
    expect(tries).toHaveLength(4);
    expect(new Set(tries).size).toBe(2);
    expect(new Set(sent.map((o) => o.clientId)).size).toBe(2);
  });
  it('needs no secure page for its ids', () => {
    const real = crypto;
    vi.stubGlobal('crypto', { getRandomValues: real.getRandomValues.bind(real) });
    expect(setup().box.add(text('hello')).clientId).toMatch(/^[0-9a-f]{32}$/);
    vi.stubGlobal('crypto', real);
  });
  it('outlives a reload', async () => {
    const { box, settled } = setup(gone);
    box.add(text('hello'));
    await settled();
    expect(states(new Outbox())).toEqual(['hello waiting']);
  });
});

describe('drafts', () => {
  beforeEach(() => keepDraft('c1', 'reply', { text: 'half a sen', template: 'refund' }));

  it('are kept per conversation and kind', () => {
    expect(readDraft('c1', 'reply')).toEqual({ text: 'half a sen', template: 'refund' });
    expect(readDraft('c1', 'note')).toEqual({ text: '' });
    expect(readDraft('c2', 'reply')).toEqual({ text: '' });
  });
  it('are forgotten when emptied', () => {
    expect(hasDraft('c1')).toBe(true);
    keepDraft('c1', 'reply', { text: '  ' });
    expect(hasDraft('c1')).toBe(false);
  });
});
