import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { LiveContext } from '@/live/useLive';
import { show, stubApi } from '@/test/render';
import { me, uuid } from '@/test/shapes';
import { PeoplePage } from './PeoplePage';

const ben = { ...me({}), id: uuid(500), teams: ['care'] };
const page = (lost: boolean) => (
  <LiveContext value={{ state: lost ? 'lost' : 'live', lost, retry: () => {} }}>
    <PeoplePage />
  </LiveContext>
);

describe('the presence of people', () => {
  it.each([
    [false, 'Online', '1 of 1 online, room for 4 more'],
    [true, 'Not known', 'who is online is not known'],
  ])('with the connection lost: %s, is %s', async (lost, word, room) => {
    stubApi({
      'GET /api/v1/me': { body: ben },
      'GET /api/v1/agents': { body: { items: [ben] } },
      'GET /api/v1/teams': { body: { items: [{ slug: 'care', name: 'Customer care' }] } },
    });
    await show(page(lost));
    expect(await screen.findByText(word)).toBeInTheDocument();
    expect(screen.getByText(room)).toBeInTheDocument();
    expect(await screen.findByText('(you)')).toBeInTheDocument();
    const dot = document.querySelector('[aria-hidden] [data-presence]');
    expect(dot).toHaveAttribute('data-presence', lost ? 'unknown' : 'online');
  });
});
