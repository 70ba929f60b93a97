import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { ask, client } from '@/api/client';
import { keys } from '@/api/queries';
import type { Me } from '@/api/shapes';
import { Bone } from '@/parts/states';
import { signInTrouble, type Trouble } from './errors';
import { NewPasswordForm } from './NewPasswordForm';
import { PasswordSignIn } from './PasswordSignIn';
import styles from './SignIn.module.css';
import { TroubleNote } from './TroubleNote';

/** Lets an agent in: by the one-time link they came with, or by e-mail address and password. */
export function SignInPage() {
  const { token, back } = useSearch({ from: '/sign-in' });
  const [me, setMe] = useState<Me>();
  const [trouble, setTrouble] = useState<Trouble>();
  const enter = useEnter(back);
  const signedIn = (me: Me) => (me.has_password ? enter(me) : setMe(me));
  useLink(token, signedIn, setTrouble);
  useEffect(() => {
    document.title = 'Sign in · Usher';
  }, []);
  if (me) return <Welcome me={me} onDone={enter} />;
  if (token && !trouble) {
    return (
      <Card title="Signing you in">
        <div role="status" aria-label="Signing you in" className={styles.form}>
          <Bone height={30} />
          <Bone height={30} />
        </div>
      </Card>
    );
  }
  return (
    <Card title="Sign in">
      {trouble && <TroubleNote trouble={trouble} />}
      <PasswordSignIn onSignedIn={signedIn} />
    </Card>
  );
}

// A link works once, and React may run an effect twice: each token is sent by the first that asks.
const sent = new Map<string, Promise<Me>>();

function signInByLink(token: string): Promise<Me> {
  const known = sent.get(token) ?? ask(client.POST('/api/v1/sign-in/link', { body: { token } }));
  sent.set(token, known);
  return known;
}

function useLink(token: string | undefined, onMe: (me: Me) => void, onTrouble: (t: Trouble) => void) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the token alone says when to ask
  useEffect(() => {
    if (!token) return;
    let gone = false;
    signInByLink(token).then(
      (me) => gone || onMe(me),
      (error) => {
        sent.delete(token); // it may have been the connection: opening the link again tries again
        if (!gone) onTrouble(signInTrouble(error, 'link'));
      },
    );
    return () => {
      gone = true;
    };
  }, [token]);
}

/** Goes to where the agent wanted to, without anything of whoever was signed in before. */
function useEnter(back: string | undefined) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  return (me: Me) => {
    queries.clear();
    queries.setQueryData<Me>(keys.me, me);
    if (back) router.history.replace(back);
    else void navigate({ to: '/', replace: true });
  };
}

function Welcome({ me, onDone }: { me: Me; onDone: (me: Me) => void }) {
  return (
    <Card title={`Welcome, ${me.name.split(' ')[0]}`}>
      <p className={styles.lead}>
        You are signed in. Your link is used up, so set a password for the next time. You can also do it
        later, in the settings.
      </p>
      <NewPasswordForm
        email={me.email}
        hasPassword={false}
        onDone={() => onDone({ ...me, has_password: true })}
        aside={<Button onClick={() => onDone(me)}>Later</Button>}
      />
    </Card>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <img src="/favicon.svg" alt="Usher" width={36} height={36} />
        <h1 className={styles.title}>{title}</h1>
        {children}
      </div>
    </main>
  );
}
