import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { useShortcutKeys } from '@/features/shortcuts/useShortcuts';
import { show, stubApi } from '@/test/render';
import { conversation, nextLabel, uuid } from '@/test/shapes';
import { LabelPage } from './LabelPage';

const items = [1, 2, 3].map((n) =>
  nextLabel({ decision_id: uuid(700 + n), conversation_id: uuid(n), text: `message ${n}` }),
);
const intents = ['refund_status', 'return_request', 'complaint'].map((id) => ({
  id,
  name: id.replace('_', ' '),
}));

const answers = {
  'GET /api/v1/labels/next': { body: { model: 'm', messages: 80, items } },
  'GET /api/v1/intents': { body: { items: intents } },
  ...Object.fromEntries(
    items.map((i) => [
      `POST /api/v1/conversations/${i.conversation_id}/corrections`,
      { status: 201, body: conversation({ id: i.conversation_id }) },
    ]),
  ),
};

function WithKeys() {
  useShortcutKeys();
  return <LabelPage />;
}

const sent = (calls: ReturnType<typeof stubApi>) =>
  calls.filter((c) => c.method === 'POST').map((c) => c.body);

describe('label next', () => {
  it('takes one key for each message, and goes on to the next', async () => {
    const calls = stubApi(answers);
    await show(<WithKeys />);
    await screen.findByText('message 1');
    await userEvent.keyboard('20');
    expect(await screen.findByText('2 of 3 labelled')).toBeInTheDocument();
    await waitFor(() =>
      expect(sent(calls)).toEqual([
        { decision_id: uuid(701), intent: 'return_request' },
        { decision_id: uuid(702), intent: 'oos' },
      ]),
    );
    expect(screen.getByText('message 3').closest('li')).toHaveAttribute('aria-current', 'true');
  });
  it('leaves keys without a meaning alone', async () => {
    const calls = stubApi(answers);
    await show(<WithKeys />);
    await screen.findByText('message 1');
    await userEvent.keyboard('3');
    expect(screen.getByText('0 of 3 labelled')).toBeInTheDocument();
    expect(sent(calls)).toEqual([]);
  });
  it('offers the other intents, and changes what was said', async () => {
    const calls = stubApi(answers);
    await show(<WithKeys />);
    const first = within((await screen.findByText('message 1')).closest('li')!);
    await waitFor(() => expect(first.getByRole('option', { name: 'complaint' })).toBeInTheDocument());
    await userEvent.selectOptions(first.getByRole('combobox', { name: 'Another intent' }), 'complaint');
    await userEvent.click(first.getByRole('button', { name: /^None of these fits/ }));
    expect(sent(calls)).toEqual([
      { decision_id: uuid(701), intent: 'complaint' },
      { decision_id: uuid(701), intent: 'oos' },
    ]);
    expect(screen.getByText('1 of 3 labelled')).toBeInTheDocument();
  });
  it('takes a label back that was not saved', async () => {
    stubApi({
      ...answers,
      [`POST /api/v1/conversations/${uuid(1)}/corrections`]: { status: 503, body: { detail: 'try again' } },
    });
    await show(<WithKeys />);
    await screen.findByText('message 1');
    await userEvent.keyboard('1');
    expect(await screen.findByText('0 of 3 labelled')).toBeInTheDocument();
    expect(await screen.findByText(/try again/i)).toBeInTheDocument();
  });
  it('says why there is nothing to label', async () => {
    stubApi({ 'GET /api/v1/labels/next': { body: { model: '', messages: 0, items: [] } } });
    await show(<LabelPage />);
    expect(await screen.findByText(/no classifier yet/)).toBeInTheDocument();
  });
});
