import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { ask, client } from '@/api/client';
import type { Me } from '@/api/shapes';
import { signInTrouble } from './errors';
import styles from './SignIn.module.css';
import { TroubleNote } from './TroubleNote';

/** E-mail address and password. */
export function PasswordSignIn({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const send = useMutation({
    mutationFn: () => ask(client.POST('/api/v1/sign-in', { body: { email: email.trim(), password } })),
    onSuccess: onSignedIn,
  });
  const trouble = send.isError ? signInTrouble(send.error, 'password') : undefined;
  const left = useCountdown(trouble?.wait ?? 0, send.failureCount);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (left === 0) send.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {trouble && !trouble.field && <TroubleNote trouble={trouble} />}
      <TextInput
        label="E-mail address"
        type="email"
        name="email"
        autoComplete="username"
        autoFocus
        required
        withAsterisk={false}
        value={email}
        onChange={(e) => setEmail(e.currentTarget.value)}
        error={trouble?.field === 'email' && 'This is no e-mail address; one looks like anna@example.com.'}
      />
      <PasswordInput
        label="Password"
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        onChange={(e) => setPassword(e.currentTarget.value)}
        error={trouble?.field === 'password' && trouble.text}
      />
      <Button type="submit" variant="filled" size="sm" loading={send.isPending} disabled={left > 0}>
        {left > 0 ? `Try again in ${left} s` : 'Sign in'}
      </Button>
      <p className={styles.hint}>
        No password yet? Open your one-time link. Whoever runs Usher makes one with{' '}
        <code>usher agent link</code>.
      </p>
    </form>
  );
}

/** Seconds that are left of a wait; a new try starts it anew. */
function useCountdown(seconds: number, tries: number): number {
  const [left, setLeft] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a second failure of the same kind waits again
  useEffect(() => {
    setLeft(seconds);
    if (seconds === 0) return;
    const timer = setInterval(() => setLeft((s) => Math.max(0, s - 1)), 1000);
    return () => clearInterval(timer);
  }, [seconds, tries]);
  return left;
}
