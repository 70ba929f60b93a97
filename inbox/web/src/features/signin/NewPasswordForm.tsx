import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ApiError, ask, client } from '@/api/client';
import { passwordTrouble } from './errors';
import styles from './SignIn.module.css';

type Props = {
  email: string;
  hasPassword: boolean;
  onDone: () => void;
  /** Beside the button. */
  aside?: ReactNode;
};

/** Sets the password, or changes it for who knows the one until now. */
export function NewPasswordForm({ email, hasPassword, onDone, aside }: Props) {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [checked, setChecked] = useState(false);
  const save = useMutation({
    mutationFn: () =>
      ask(client.PUT('/api/v1/me/password', { body: { password, ...(hasPassword && { current }) } })),
    onSuccess: () => {
      setCurrent('');
      setPassword('');
      setAgain('');
      setChecked(false);
      onDone();
    },
  });
  const trouble = passwordTrouble(password, again);
  const shown = checked ? trouble : undefined;
  const said = save.error instanceof ApiError ? save.error.fields[0] : undefined;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setChecked(true);
    if (!trouble) save.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <input type="hidden" name="username" autoComplete="username" value={email} />
      {hasPassword && (
        <PasswordInput
          label="Password until now"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={current}
          onChange={(e) => setCurrent(e.currentTarget.value)}
          error={said?.field === 'current' && 'This is not your password until now; type it again.'}
        />
      )}
      <PasswordInput
        label="New password"
        description="At least 10 characters. A few words are easy to keep."
        autoComplete="new-password"
        value={password}
        onChange={(e) => setPassword(e.currentTarget.value)}
        error={shown?.field === 'password' ? shown.text : said?.field === 'password' && said.message}
      />
      <PasswordInput
        label="The same again"
        autoComplete="new-password"
        value={again}
        onChange={(e) => setAgain(e.currentTarget.value)}
        error={shown?.field === 'again' && shown.text}
      />
      {save.isError && !said && (
        <p className={styles.error} role="alert">
          Not saved: {save.error.message}
        </p>
      )}
      <div className={styles.buttons}>
        {aside}
        <Button type="submit" variant="filled" loading={save.isPending}>
          {hasPassword ? 'Change password' : 'Set password'}
        </Button>
      </div>
    </form>
  );
}
