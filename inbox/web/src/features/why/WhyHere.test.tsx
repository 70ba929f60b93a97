import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { decision } from '@/test/decision';
import { type Call, show, stubApi } from '@/test/render';
import { conversation, message, uuid } from '@/test/shapes';
import { WhyHere } from './WhyHere';

const c = conversation({ id: uuid(1) });
const path = `/api/v1/conversations/${c.id}`;
const older = decision({
  id: uuid(69),
  message_id: uuid(2),
  route: 'reply',
  state: 'done',
  template: 'order_status',
  reason: 'Order status, 88 % sure: answered automatically',
  assignment: null,
});
const reads = {
  [`GET ${path}/decisions`]: { body: { items: [decision({}), older] } },
  [`GET ${path}/messages`]: {
    body: { items: [message({ seq: 1, text: 'I want my money back' })], last_seq: 1 },
  },
  'GET /api/v1/intents': {
    body: {
      items: [
        { id: 'refund_request', name: 'Refund request', description: '' },
        { id: 'complaint', name: 'Complaint', description: '' },
      ],
    },
  },
  'GET /api/v1/teams': { body: { items: [{ slug: 'care', name: 'Customer care' }] } },
  'GET /api/v1/agents': { body: { items: [] } },
};

describe('Why here?', () => {
  it('tells the five steps in order, each with its line', async () => {
    stubApi(reads);
    await show(<WhyHere conversation={c} />);
    await screen.findByRole('button', { name: /^Decided People of Customer care, urgent/ });
    const steps = screen.getAllByRole('button', { expanded: false }).map((b) => b.textContent);
    expect(screen.getByRole('button', { name: /^Understood Refund request, 94/ })).toHaveAttribute(
      'aria-expanded',
      'true',
    );
    expect(steps).toEqual([
      'RememberedThird contact about this, 1 similar case',
      'CheckedStopped by standard answer and mood',
      'DecidedPeople of Customer care, urgent',
      'AssignedBen Okafor, given by the dispatcher',
      'Correct this',
    ]);
  });
  it('marks the words of the message that mattered', async () => {
    stubApi(reads);
    await show(<WhyHere conversation={c} />);
    expect((await screen.findByText('money', { selector: 'mark' })).closest('blockquote')).toHaveTextContent(
      'I want my money back',
    );
  });
  it('unfolds who was considered and why not them', async () => {
    stubApi(reads);
    await show(<WhyHere conversation={c} />);
    await userEvent.click(await screen.findByRole('button', { name: /^Assigned/ }));
    const people = within(screen.getByRole('list', { name: 'Who was considered' })).getAllByRole('listitem');
    expect(people.map((p) => p.textContent)).toEqual([
      'Ben Okaforchosen2 of 6 in hand, billing level 4',
      'Mia LarsenFull: 6 of 6',
    ]);
  });
  it('goes to the decision before, and back', async () => {
    stubApi(reads);
    await show(<WhyHere conversation={c} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Older decision' }));
    expect(screen.getByText(older.reason)).toBeInTheDocument();
    expect(screen.getByText('1 of 2')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Older decision' })).toBeDisabled();
    await userEvent.click(screen.getByRole('button', { name: 'Newer decision' }));
    expect(screen.getByText('2 of 2')).toBeInTheDocument();
  });
  it('says that nothing is decided yet, and what failed with a way to try again', async () => {
    stubApi({ ...reads, [`GET ${path}/decisions`]: { body: { items: [] } } });
    await show(<WhyHere conversation={c} />);
    expect(await screen.findByText('Not decided yet')).toBeInTheDocument();
  });
  it('tries again after a failure', async () => {
    let calls = 0;
    stubApi({
      ...reads,
      [`GET ${path}/decisions`]: () =>
        calls++ === 0
          ? { status: 500, body: { detail: 'something went wrong here' } }
          : { body: { items: [decision({})] } },
    });
    await show(<WhyHere conversation={c} />);
    expect(await screen.findByRole('alert')).toHaveTextContent(/something went wrong here/i);
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(decision({}).reason)).toBeInTheDocument();
  });
});

describe('correcting a decision', () => {
  const open = async (calls: Call[]) => {
    await show(<WhyHere conversation={c} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Correct this' }));
    return calls;
  };
  it('sends what differs, and says what came of it', async () => {
    const calls = await open(
      stubApi({
        ...reads,
        [`POST ${path}/corrections`]: { status: 201, body: { ...c, intent: 'complaint', team: 'technical' } },
      }),
    );
    expect(screen.getByRole('button', { name: 'Save correction' })).toBeDisabled();
    expect(screen.getByLabelText('Intent')).toHaveFocus();
    await userEvent.selectOptions(screen.getByLabelText('Intent'), 'complaint');
    await userEvent.type(screen.getByLabelText('Reason'), 'reads as one');
    await userEvent.click(screen.getByRole('button', { name: 'Save correction' }));
    expect(await screen.findByText(/Noted: intent Complaint\. It moved/)).toBeInTheDocument();
    expect(calls.find((call) => call.method === 'POST')?.body).toEqual({
      decision_id: decision({}).id,
      intent: 'complaint',
      reason: 'reads as one',
    });
  });
  it('keeps what was typed when it is refused', async () => {
    await open(
      stubApi({
        ...reads,
        [`POST ${path}/corrections`]: { status: 409, body: { detail: 'somebody was faster' } },
      }),
    );
    await userEvent.selectOptions(screen.getByLabelText('Priority'), 'low');
    await userEvent.click(screen.getByRole('button', { name: 'Save correction' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Not saved: somebody was faster');
    expect(screen.getByLabelText('Priority')).toHaveValue('low');
  });
  it('asks about a wrong answer only where one was sent', async () => {
    await open(stubApi(reads));
    expect(screen.queryByLabelText('The automatic answer was wrong')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Older decision' }));
    await userEvent.click(screen.getByRole('button', { name: 'Correct this' }));
    expect(screen.getByLabelText('The automatic answer was wrong')).toBeInTheDocument();
  });
});

it('copies the decision as JSON', async () => {
  stubApi(reads);
  await show(<WhyHere conversation={c} />);
  const user = userEvent.setup();
  const write = vi.spyOn(navigator.clipboard, 'writeText');
  await user.click(await screen.findByRole('button', { name: 'Copy as JSON' }));
  expect(await screen.findByRole('button', { name: 'Copied' })).toBeInTheDocument();
  expect(JSON.parse(write.mock.calls[0]?.[0] ?? '')).toEqual(decision({}));
});
