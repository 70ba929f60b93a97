import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { show, stubApi } from '@/test/render';
import { me } from '@/test/shapes';
import { ThresholdsPage } from './ThresholdsPage';

const row = (intent: string, name: string, route: string) => ({
  intent,
  name,
  route,
  template: route === 'reply' ? intent : '',
  team: 'care',
  threshold: 0.7,
  volume: 40,
  automatic: route === 'reply' ? 31 : 0,
  wrong: route === 'reply' ? 2 : 0,
  wrong_known: route === 'reply' ? 31 : 0,
});
const version = {
  version: 12,
  hash: 'c0ffee',
  yaml: 'version: 1\nname: Mine\n',
  state: 'live',
  note: 'First',
  author: 'ben@example.com',
  created_at: '2026-11-24T10:00:00Z',
  published_at: '2026-11-24T10:00:00Z',
};
const reads = (role: 'ops' | 'agent') => ({
  'GET /api/v1/me': { body: me({ role }) },
  'GET /api/v1/teams': { body: { items: [{ slug: 'care', name: 'Customer care' }] } },
  'GET /api/v1/policy/versions': { body: { items: [version] } },
  'GET /api/v1/thresholds': {
    body: {
      days: 30,
      version: 12,
      hash: 'c0ffee',
      items: [
        row('pricing', 'Pricing', 'reply'),
        row('thanks', 'Thanks', 'reply'),
        row('complaint', 'Complaint', 'agent'),
      ],
    },
  },
});
const slider = (name: string) => screen.findByRole('slider', { name: new RegExp(name) });

describe('thresholds', () => {
  it('show how often an automatic answer was wrong, with counts and interval', async () => {
    stubApi(reads('ops'));
    await show(<ThresholdsPage />);
    const cell = (await screen.findByRole('row', { name: /Pricing/ })).textContent;
    expect(cell).toContain('2 of 31 known');
    expect(cell).toContain('6.5\u202f% (1.8–21)');
    expect(screen.getByText(/One intent always goes/)).toBeInTheDocument();
  });
  it('are published with a note, only those that changed', async () => {
    const calls = stubApi({
      ...reads('ops'),
      'PUT /api/v1/thresholds': { body: { version: 13, hash: 'x' } },
    });
    await show(<ThresholdsPage />);
    fireEvent.change(await slider('Pricing'), { target: { value: '82' } });
    const bar = screen.getByRole('form', { name: 'Publish' });
    expect(bar).toHaveTextContent('Pricing 70 % → 82 %');
    await userEvent.type(within(bar).getByLabelText('Why'), 'too bold');
    await userEvent.click(within(bar).getByRole('button', { name: 'Publish one change' }));
    expect(await screen.findByText(/Policy v13 is live/)).toBeInTheDocument();
    expect(calls.find((c) => c.method === 'PUT')?.body).toEqual({
      thresholds: { pricing: 0.82 },
      note: 'too bold',
    });
    await waitFor(() => expect(screen.queryByRole('form', { name: 'Publish' })).toBeNull());
  });
  it('keep the changes when publishing fails', async () => {
    stubApi({
      ...reads('ops'),
      'PUT /api/v1/thresholds': { status: 500, body: { detail: 'something went wrong here' } },
    });
    await show(<ThresholdsPage />);
    fireEvent.change(await slider('Thanks'), { target: { value: '60' } });
    await userEvent.click(screen.getByRole('button', { name: 'Publish one change' }));
    expect(await screen.findByText(/Not published, and your changes are kept here/)).toBeInTheDocument();
    expect(await slider('Thanks')).toHaveValue('60');
  });
  it('come back after discarding by mistake', async () => {
    stubApi(reads('ops'));
    await show(<ThresholdsPage />);
    fireEvent.change(await slider('Thanks'), { target: { value: '60' } });
    await userEvent.click(screen.getByRole('button', { name: 'Discard' }));
    expect(await slider('Thanks')).toHaveValue('70');
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    expect(await slider('Thanks')).toHaveValue('60');
  });
  it('keep what was not published while other pages are looked at', async () => {
    stubApi(reads('ops'));
    const { router } = await show(<ThresholdsPage />);
    fireEvent.change(await slider('Thanks'), { target: { value: '60' } });
    await act(() => router.navigate({ to: '/settings' }));
    await act(() => router.navigate({ to: '/' }));
    expect(await slider('Thanks')).toHaveValue('60');
  });
  it('can be looked at by everybody, and say who may change them', async () => {
    stubApi(reads('agent'));
    await show(<ThresholdsPage />);
    await screen.findByRole('row', { name: /Pricing/ });
    expect(screen.queryByRole('slider')).toBeNull();
    expect(screen.getByRole('note')).toHaveTextContent('People with the ops role can change and publish.');
  });
});

describe('the policy', () => {
  const open = async (answers: Parameters<typeof stubApi>[0]) => {
    const calls = stubApi(answers);
    const { queries } = await show(<ThresholdsPage />);
    await userEvent.click(await screen.findByRole('tab', { name: 'Policy' }));
    return {
      calls,
      queries,
      text: (await screen.findByRole('textbox', { name: 'Policy' })) as HTMLTextAreaElement,
    };
  };
  it('is checked with problems by line, and a problem leads to its line', async () => {
    const { text } = await open({
      ...reads('agent'),
      'POST /api/v1/policy/check': {
        body: { ok: false, problems: [{ line: 2, message: 'name is missing' }] },
      },
    });
    await userEvent.click(screen.getByRole('button', { name: 'Check' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Line 2' }));
    expect(text.value.slice(text.selectionStart, text.selectionEnd)).toBe('name: Mine');
    expect(screen.queryByRole('button', { name: 'Publish' })).toBeNull();
  });
  it('is published as it was typed, and kept when it is refused', async () => {
    const { calls, text } = await open({
      ...reads('ops'),
      'POST /api/v1/policy': {
        status: 422,
        body: {
          detail: 'line 3: no such field',
          errors: [{ location: 'body.yaml', message: 'no such field', value: 3 }],
        },
      },
    });
    fireEvent.change(text, { target: { value: 'version: 1\nname: Mine\nmore: 1\n' } });
    await userEvent.click(screen.getByRole('button', { name: 'Publish' }));
    expect(await screen.findByRole('button', { name: 'Line 3' })).toBeInTheDocument();
    expect(text.value).toContain('more: 1');
    expect(calls.find((c) => c.path === '/api/v1/policy')?.body).toEqual({
      yaml: 'version: 1\nname: Mine\nmore: 1\n',
    });
  });
  it('says when another version went live after the change began', async () => {
    let versions = [version];
    const { text, queries } = await open({
      ...reads('ops'),
      'GET /api/v1/policy/versions': () => ({ body: { items: versions } }),
    });
    fireEvent.change(text, { target: { value: 'version: 1\nname: Ours\n' } });
    expect(screen.queryByText(/went live after you began/)).toBeNull();
    versions = [{ ...version, version: 13, yaml: 'version: 1\nname: Theirs\n' }];
    await act(() => queries.invalidateQueries());
    expect(await screen.findByText(/Policy v13 went live after you began with v12/)).toBeInTheDocument();
    expect(text).toHaveValue('version: 1\nname: Ours\n');
  });
});
