import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useShortcutKeys } from '@/features/shortcuts/useShortcuts';
import { show, stubApi } from '@/test/render';
import { conversation, me, uuid } from '@/test/shapes';
import { Composer } from './Composer';
import { readDraft } from './drafts';
import { outbox } from './outbox';

const drafts = `POST /api/v1/conversations/${uuid(1)}/drafts`;
const reads = (model: string) => ({
  'GET /api/v1/me': { body: me({}) },
  'GET /api/v1/templates': { body: { items: [] } },
  'GET /api/v1/chat-model': { body: { name: model } },
});
const drafted = { text: 'It comes on [date].', gaps: ['[date]'], model: 'chat-1' };

function Page() {
  useShortcutKeys();
  return <Composer conversation={conversation({})} />;
}

const field = () => screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Reply' });
const button = () => screen.findByRole('button', { name: 'Have a reply drafted' });

beforeEach(() => {
  localStorage.clear();
  for (const e of outbox.list()) outbox.discard(e.clientId);
});

/** Leaves calls of a path unanswered; tells when one was given up. */
function hang(path: string) {
  const answer = globalThis.fetch as (r: Request) => Promise<Response>;
  const givenUp = vi.fn();
  vi.stubGlobal('fetch', (r: Request) => {
    if (!new URL(r.url).pathname.endsWith(path)) return answer(r);
    return new Promise((_, reject) => {
      r.signal.addEventListener('abort', () => {
        givenUp();
        reject(new DOMException('gone', 'AbortError'));
      });
    });
  });
  return givenUp;
}

describe('a draft by a model', () => {
  it('comes below what was typed, is marked, and can be taken back', async () => {
    stubApi({ ...reads('chat-1'), [drafts]: { body: drafted } });
    await show(<Page />);
    await userEvent.type(await field(), 'Hello Ana,');
    await userEvent.click(await button());
    await screen.findByText(/Draft by chat-1/);
    expect((await field()).value).toBe('Hello Ana,\n\nIt comes on [date].');
    expect(readDraft(uuid(1), 'reply').drafted).toEqual({ model: 'chat-1', gaps: ['[date]'] });
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    expect((await field()).value).toBe('Hello Ana,');
    expect(screen.queryByText(/Draft by chat-1/)).not.toBeInTheDocument();
  });

  it('is not sent by itself, nor before its gaps are filled in', async () => {
    stubApi({ ...reads('chat-1'), [drafts]: { body: drafted } });
    await show(<Page />);
    await userEvent.click(await button());
    await screen.findByText('Fill in [date]');
    expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled();
    await userEvent.type(await field(), '{Control>}{Enter}{/Control}');
    expect(outbox.list()).toEqual([]);
    await userEvent.clear(await field());
    await userEvent.type(await field(), 'It comes on Monday.');
    await userEvent.type(await field(), '{Control>}{Enter}{/Control}');
    expect(outbox.list().map((e) => e.text)).toEqual(['It comes on Monday.']);
    expect(screen.queryByText(/Draft by chat-1/)).not.toBeInTheDocument();
  });

  it('is asked for by d, leaves one to go on typing, and can be cancelled', async () => {
    stubApi(reads('chat-1'));
    const givenUp = hang('/drafts');
    await show(<Page />);
    await button();
    await userEvent.keyboard('d');
    await screen.findByText(/chat-1 is drafting a reply/);
    await userEvent.type(await field(), 'I looked');
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(givenUp).toHaveBeenCalledOnce();
    expect((await field()).value).toBe('I looked');
    expect(screen.queryByText(/is drafting/)).not.toBeInTheDocument();
  });

  it('that failed says why, and what was typed stays', async () => {
    let tries = 0;
    stubApi({
      ...reads('chat-1'),
      [drafts]: () =>
        ++tries === 1
          ? { status: 503, body: { detail: 'no draft was written: chat-1 says: no answer in time' } }
          : { body: { ...drafted, text: 'Here.', gaps: [] } },
    });
    await show(<Page />);
    await userEvent.type(await field(), 'Hello');
    await userEvent.click(await button());
    expect(await screen.findByRole('alert')).toHaveTextContent(
      /No draft was written: chat-1 says: no answer/,
    );
    expect((await field()).value).toBe('Hello');
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(async () => expect((await field()).value).toBe('Hello\n\nHere.'));
  });

  it('is not offered without a chat model, by button or by key', async () => {
    const calls = stubApi(reads(''));
    await show(<Page />);
    await field();
    await waitFor(() => expect(calls.some((c) => c.path === '/api/v1/chat-model')).toBe(true));
    await userEvent.keyboard('d');
    expect(screen.queryByRole('button', { name: 'Have a reply drafted' })).not.toBeInTheDocument();
    expect(calls.some((c) => c.path.endsWith('/drafts'))).toBe(false);
  });
});
