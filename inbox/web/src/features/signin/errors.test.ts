import { describe, expect, it } from 'vitest';
import { ApiError, problemError } from '@/api/client';
import { passwordTrouble, signInTrouble } from './errors';

describe('why a sign-in failed', () => {
  it('names a used link and where a new one comes from', () => {
    const t = signInTrouble(new ApiError(401, 'this link was used already'), 'link');
    expect(t.title).toBe('This link does not work any more');
    expect(t.text).toContain('usher agent link');
  });
  it('does not say which of address and password is wrong', () => {
    expect(signInTrouble(new ApiError(401, 'x'), 'password').title).toBe(
      'E-mail address or password is wrong',
    );
  });
  it.each([
    ['email: too many at once; wait 30 s and try again', 30],
    ['slow down', 10],
  ])('says how long to wait: %s', (message, wait) => {
    const t = signInTrouble(new ApiError(429, message), 'password');
    expect(t.wait).toBe(wait);
    expect(t.text).toBe(`Wait ${wait} seconds, then try again.`);
  });
  it('tells a server that is away from one that fails', () => {
    expect(signInTrouble(new ApiError(0, 'away'), 'link').title).toBe('Usher cannot be reached');
    expect(signInTrouble(new ApiError(500, 'broken'), 'link').title).toBe('Usher has a problem');
    expect(signInTrouble(new TypeError('x'), 'link').title).toBe('Signing in did not work');
  });
  it('names the field of an invalid call', () => {
    const error = problemError(422, {
      detail: 'email: expected string to be RFC 5322 email',
      errors: [{ location: 'body.email', message: 'expected string to be RFC 5322 email' }],
    });
    expect(signInTrouble(error, 'password').field).toBe('email');
  });
});

describe('a new password', () => {
  it.each([
    ['short', 'short', 'password'],
    ['x'.repeat(201), 'x'.repeat(201), 'password'],
    ['long enough now', 'long enough nov', 'again'],
    ['ünïcödé10!', 'ünïcödé10!', undefined],
  ])('%s', (password, again, field) => {
    expect(passwordTrouble(password, again)?.field).toBe(field);
  });
});
