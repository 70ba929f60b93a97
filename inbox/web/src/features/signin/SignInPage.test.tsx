import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { show, stubApi } from '@/test/render';
import { me } from '@/test/shapes';
import { SignInPage } from './SignInPage';

const link = 'POST /api/v1/sign-in/link';
const page = (search = '') => show(<SignInPage />, `/sign-in${search}`);
let token = 0;
const fresh = () => `?token=t${++token}`;

describe('a one-time link', () => {
  it('is sent once, and goes where the agent wanted to', async () => {
    const calls = stubApi({ [link]: { body: me({}) } });
    const { router } = await page(`${fresh()}&back=/home`);
    await waitFor(() => expect(router.state.location.pathname).toBe('/home'));
    expect(calls.map((c) => c.path)).toEqual(['/api/v1/sign-in/link']);
  });
  it('offers a password to who has none, and lets it be', async () => {
    stubApi({ [link]: { body: me({ has_password: false }) } });
    const { router } = await page(`${fresh()}&back=/home`);
    expect(await screen.findByRole('heading', { name: 'Welcome, Ben' })).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Later' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/home'));
  });
  it('sets the password when it is long enough and the same twice', async () => {
    const calls = stubApi({
      [link]: { body: me({ has_password: false }) },
      'PUT /api/v1/me/password': { status: 204 },
    });
    const { router } = await page(`${fresh()}&back=/home`);
    await userEvent.type(await screen.findByLabelText('New password'), 'kettle and lamp');
    await userEvent.type(screen.getByLabelText('The same again'), 'kettle and lam');
    await userEvent.click(screen.getByRole('button', { name: 'Set password' }));
    expect(screen.getByText('The two differ; type the same twice.')).toBeInTheDocument();
    expect(calls.filter((c) => c.method === 'PUT')).toEqual([]);
    await userEvent.type(screen.getByLabelText('The same again'), 'p');
    await userEvent.click(screen.getByRole('button', { name: 'Set password' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/home'));
    expect(calls.at(-1)?.body).toEqual({ password: 'kettle and lamp' });
  });
  it('that was used says so, and leaves the password', async () => {
    stubApi({ [link]: { status: 401, body: { detail: 'this link was used already' } } });
    await page(fresh());
    expect(await screen.findByRole('alert')).toHaveTextContent('This link does not work any more');
    expect(screen.getByLabelText('E-mail address')).toBeInTheDocument();
  });
});

describe('e-mail address and password', () => {
  const submit = async () => {
    await userEvent.type(await screen.findByLabelText('E-mail address'), ' ben@example.com');
    await userEvent.type(screen.getByLabelText('Password'), 'secret words');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  };
  it('let the agent in', async () => {
    const calls = stubApi({ 'POST /api/v1/sign-in': { body: me({}) } });
    const { router } = await page('?back=/home');
    await submit();
    await waitFor(() => expect(router.state.location.pathname).toBe('/home'));
    expect(calls[0]?.body).toEqual({ email: 'ben@example.com', password: 'secret words' });
  });
  it('that are wrong can be typed again', async () => {
    stubApi({ 'POST /api/v1/sign-in': { status: 401, body: { detail: 'wrong' } } });
    await page();
    await submit();
    expect(await screen.findByRole('alert')).toHaveTextContent('E-mail address or password is wrong');
    expect(screen.getByRole('button', { name: 'Sign in' })).toBeEnabled();
  });
  it('have to wait after too many tries', async () => {
    stubApi({
      'POST /api/v1/sign-in': { status: 429, body: { detail: 'email: too many at once; wait 10 s' } },
    });
    await page();
    await submit();
    expect(await screen.findByRole('button', { name: /^Try again in \d+ s$/ })).toBeDisabled();
  });
});
