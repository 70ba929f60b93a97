import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { show, stubApi } from '@/test/render';
import { conversation, uuid } from '@/test/shapes';
import { Summary } from './Summary';

const summary = `POST /api/v1/conversations/${uuid(1)}/summary`;
const reads = { 'GET /api/v1/chat-model': { body: { name: 'chat-1' } } };
const written = {
  lines: [
    { about: 'wants', text: 'Her money back.' },
    { about: 'tried', text: 'Nothing yet.' },
    { about: 'open', text: 'Decide on it.' },
  ],
  last_seq: 2,
  model: 'chat-1',
};

describe('the summary', () => {
  it('is written when asked for, says by whom, and is offered again once something was added', async () => {
    const calls = stubApi({ ...reads, [summary]: { body: written } });
    await show(<Summary conversation={conversation({ last_seq: 3 })} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Sum up' }));
    await screen.findByText('Her money back.');
    expect(screen.getByText(/Written by chat-1, which may be wrong/)).toBeInTheDocument();
    expect(screen.getByText('Something was added since.')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Sum up again' }));
    expect(calls.filter((c) => c.path.endsWith('/summary'))).toHaveLength(2);
  });

  it('that failed says why', async () => {
    stubApi({ ...reads, [summary]: { status: 503, body: { detail: 'no summary was written' } } });
    await show(<Summary conversation={conversation({})} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Sum up' }));
    await screen.findByText('No summary was written');
    expect(screen.getByRole('button', { name: 'Sum up' })).toBeInTheDocument();
  });

  it('is not offered without a chat model', async () => {
    const calls = stubApi({ 'GET /api/v1/chat-model': { body: { name: '' } } });
    await show(<Summary conversation={conversation({})} />);
    await expect.poll(() => calls.length).toBe(1);
    expect(screen.queryByText('Summary')).not.toBeInTheDocument();
  });
});
