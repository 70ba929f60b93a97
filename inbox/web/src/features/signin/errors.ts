// Why a sign-in failed, and what to do about it.
import { ApiError } from '@/api/client';

export type Trouble = {
  title: string;
  text: string;
  /** Seconds to wait before another try. */
  wait?: number;
  /** The field that is wrong, when it is one. */
  field?: string;
};

const pause = /wait (\d+) s/;

/** A failed sign-in in words. */
export function signInTrouble(error: unknown, by: 'link' | 'password'): Trouble {
  if (!(error instanceof ApiError)) {
    return { title: 'Signing in did not work', text: 'Something unexpected happened; try again.' };
  }
  if (error.status === 0) return { title: 'Usher cannot be reached', text: error.message };
  if (error.status === 429) {
    const wait = Number(pause.exec(error.message)?.[1] ?? 10);
    return { title: 'Too many tries', text: `Wait ${wait} seconds, then try again.`, wait };
  }
  if (error.status === 401 && by === 'link') {
    return {
      title: 'This link does not work any more',
      text: 'A link works once, for a day. Use your password, or ask for a new one: whoever runs Usher makes it with `usher agent link`.',
    };
  }
  if (error.status === 401) {
    return {
      title: 'E-mail address or password is wrong',
      text: 'Check both and try again. Without a password, ask for a link: whoever runs Usher makes it with `usher agent link`.',
    };
  }
  const field = error.fields[0]?.field;
  return {
    title: error.status >= 500 ? 'Usher has a problem' : 'Signing in did not work',
    text: error.message,
    ...(field && { field }),
  };
}

/** What is wrong with a new password before it is sent; nothing when it may be sent. */
export function passwordTrouble(
  password: string,
  again: string,
): { field: 'password' | 'again'; text: string } | undefined {
  if ([...password].length < 10)
    return { field: 'password', text: 'Use at least 10 characters; a few words are easy to keep.' };
  if ([...password].length > 200) return { field: 'password', text: 'Use at most 200 characters.' };
  if (password !== again) return { field: 'again', text: 'The two differ; type the same twice.' };
  return undefined;
}
