import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { readPreference } from '@/app/preferences';
import { show, stubApi } from '@/test/render';
import { me } from '@/test/shapes';
import { SettingsPage } from './SettingsPage';

const reads = {
  'GET /api/v1/me': { body: me({ presence: 'online', has_password: true }) },
  'GET /api/v1/teams': { body: { items: [{ slug: 'support', name: 'Support' }] } },
};

describe('settings', () => {
  it('say at once that I take no work, and tell the server', async () => {
    const calls = stubApi({ ...reads, 'PUT /api/v1/me/presence': { body: me({ presence: 'away' }) } });
    await show(<SettingsPage />);
    await userEvent.click(await screen.findByRole('radio', { name: 'Away' }));
    expect(screen.getByText('You get no new conversations.')).toBeInTheDocument();
    expect(calls.find((c) => c.method === 'PUT')?.body).toEqual({ presence: 'away' });
  });
  it('go back to the presence before when the server refuses', async () => {
    stubApi({
      ...reads,
      'PUT /api/v1/me/presence': { status: 500, body: { detail: 'something went wrong here' } },
    });
    await show(<SettingsPage />);
    await userEvent.click(await screen.findByRole('radio', { name: 'Away' }));
    expect(await screen.findByText(/went wrong/)).toBeInTheDocument();
    expect(screen.getByRole('radio', { name: 'Online' })).toBeChecked();
  });
  it('keep theme, density and shortcuts in this browser', async () => {
    stubApi(reads);
    await show(<SettingsPage />);
    await userEvent.click(await screen.findByRole('radio', { name: 'Dark' }));
    await userEvent.click(screen.getByRole('radio', { name: 'Compact' }));
    await userEvent.click(screen.getByRole('switch', { name: /^Single-key shortcuts/ }));
    expect([readPreference('theme'), readPreference('density'), readPreference('shortcuts')]).toEqual([
      'dark',
      'compact',
      'off',
    ]);
  });
  it('show people with the ops role how far a new embedding model is', async () => {
    const space = { complete: true, past: 0, done: 0, waiting: 0, left_seconds: 0 };
    stubApi({
      ...reads,
      'GET /api/v1/me': { body: me({ role: 'ops' }) },
      'GET /api/v1/vectors': {
        body: {
          items: [
            { ...space, model: 'old', numbers: 512, serves: true, wanted: false, fall_back: false },
            {
              ...space,
              model: 'new',
              numbers: 256,
              serves: false,
              wanted: true,
              fall_back: false,
              complete: false,
              past: 400,
              done: 100,
            },
          ],
        },
      },
    });
    await show(<SettingsPage />);
    expect(await screen.findByText('old, 512 numbers')).toBeInTheDocument();
    expect(screen.getByText('100 of 400 messages and cases of the past.')).toBeInTheDocument();
    expect(screen.getByRole('progressbar', { name: 'Vectors of new' })).toHaveAttribute(
      'aria-valuenow',
      '25',
    );
    expect(screen.queryByRole('progressbar', { name: 'Vectors of old' })).not.toBeInTheDocument();
  });
  it('name the field when the password until now is wrong', async () => {
    stubApi({
      ...reads,
      'PUT /api/v1/me/password': {
        status: 422,
        body: {
          errors: [{ location: 'body.current', message: 'is not your password until now; type it again' }],
        },
      },
    });
    await show(<SettingsPage />);
    await userEvent.type(await screen.findByLabelText('Password until now'), 'something else');
    await userEvent.type(screen.getByLabelText('New password'), 'kettle and lamp');
    await userEvent.type(screen.getByLabelText('The same again'), 'kettle and lamp');
    await userEvent.click(screen.getByRole('button', { name: 'Change password' }));
    expect(await screen.findByText(/This is not your password until now/)).toBeInTheDocument();
  });
});
