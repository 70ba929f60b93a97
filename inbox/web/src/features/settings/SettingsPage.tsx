import { Switch } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { keys, meQuery, teamsQuery } from '@/api/queries';
import type { Me } from '@/api/shapes';
import { type Preferences, usePreference } from '@/app/preferences';
import { presences, useSetPresence } from '@/features/people/presence';
import { NewPasswordForm } from '@/features/signin/NewPasswordForm';
import { Page } from '@/parts/Page';
import { Segments } from '@/parts/Segments';
import { toast } from '@/parts/toasts';
import styles from './Settings.module.css';
import { Vectors } from './Vectors';

/** What an agent sets up for themselves; what is of this browser alone says so. */
export function SettingsPage() {
  const me = useQuery(meQuery).data;
  return (
    <Page title="Settings">
      <div className={styles.settings}>
        {me && <Profile me={me} />}
        <Look />
        <Keys />
        {me?.role === 'ops' && (
          <Group title="History" hint="By which embedding model messages are compared with the past.">
            <Vectors />
          </Group>
        )}
        {me && <Password me={me} />}
        <p className={styles.hint}>
          Building on Usher? Every colour and measure is on <Link to="/tokens">the tokens page</Link>.
        </p>
      </div>
    </Page>
  );
}

function Group({ title, hint, children }: { title: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.group}>
      <div className={styles.about}>
        <h2>{title}</h2>
        {hint && <p className={styles.hint}>{hint}</p>}
      </div>
      <div className={styles.fields}>{children}</div>
    </section>
  );
}

type ChoiceProps<T extends string> = {
  label: string;
  value: T;
  onChange: (value: T) => void;
  data: readonly { value: T; label: string }[];
};

function Choice<T extends string>(props: ChoiceProps<T>) {
  return (
    <div className={styles.choice}>
      <span aria-hidden="true">{props.label}</span>
      <Segments {...props} />
    </div>
  );
}

function Profile({ me }: { me: Me }) {
  const teams = useQuery(teamsQuery).data;
  const setPresence = useSetPresence();
  const skills = Object.entries(me.skills).sort(([a], [b]) => a.localeCompare(b));
  return (
    <Group title="You" hint="Teams, skills and capacity are kept by people with the ops role.">
      <Choice
        label="Presence"
        value={me.presence}
        onChange={(p) => setPresence.mutate(p)}
        data={presences.map((p) => ({ value: p.value, label: p.value[0]?.toUpperCase() + p.value.slice(1) }))}
      />
      <p className={styles.hint}>
        {me.presence === 'online'
          ? 'You get new conversations while you have room.'
          : 'You get no new conversations.'}
      </p>
      <dl className={styles.facts}>
        <dt>Name</dt>
        <dd>{me.name}</dd>
        <dt>E-mail</dt>
        <dd>{me.email}</dd>
        <dt>Role</dt>
        <dd>{me.role === 'ops' ? 'Ops: may change policy and standard answers' : 'Agent'}</dd>
        <dt>Teams</dt>
        <dd>{me.teams.map((s) => teams?.find((t) => t.slug === s)?.name ?? s).join(', ') || 'None yet'}</dd>
        <dt>Skills</dt>
        <dd>{skills.map(([s, level]) => `${s.replaceAll('_', ' ')} ${level}`).join(', ') || 'None yet'}</dd>
        <dt>In hand</dt>
        <dd className="tabular">
          {me.load} of {me.capacity} conversations
        </dd>
      </dl>
    </Group>
  );
}

function Look() {
  const [theme, setTheme] = usePreference('theme');
  const [density, setDensity] = usePreference('density');
  return (
    <Group title="Look" hint="Kept in this browser.">
      <Choice<Preferences['theme']>
        label="Theme"
        value={theme}
        onChange={setTheme}
        data={[
          { value: 'system', label: 'Like the system' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
      <Choice<Preferences['density']>
        label="Lists"
        value={density}
        onChange={setDensity}
        data={[
          { value: 'comfortable', label: 'Comfortable' },
          { value: 'compact', label: 'Compact' },
        ]}
      />
    </Group>
  );
}

function Keys() {
  const [shortcuts, setShortcuts] = usePreference('shortcuts');
  return (
    <Group title="Keyboard" hint="Kept in this browser.">
      <Switch
        label="Single-key shortcuts"
        description="Such as j for the next conversation; ? lists them. They never act while you type."
        checked={shortcuts === 'on'}
        onChange={(e) => setShortcuts(e.currentTarget.checked ? 'on' : 'off')}
      />
    </Group>
  );
}

function Password({ me }: { me: Me }) {
  const queries = useQueryClient();
  const done = () => {
    queries.setQueryData<Me>(keys.me, { ...me, has_password: true });
    toast(
      me.has_password
        ? 'Password changed. You are signed out everywhere else.'
        : 'Password set. Use it the next time.',
    );
  };
  return (
    <Group
      title="Password"
      hint={
        me.has_password
          ? 'Changing it signs you out everywhere but here.'
          : 'You have none yet, and came in by a link that works once.'
      }
    >
      <NewPasswordForm email={me.email} hasPassword={me.has_password} onDone={done} />
    </Group>
  );
}
