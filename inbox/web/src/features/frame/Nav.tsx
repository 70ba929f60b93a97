import { Menu, Tooltip } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import {
  Gauge,
  Inbox,
  Keyboard,
  LogOut,
  MessageSquareText,
  Monitor,
  Moon,
  Settings,
  Sun,
  Tags,
  Users,
} from 'lucide-react';
import { ask, client } from '@/api/client';
import { meQuery } from '@/api/queries';
import type { Presence } from '@/api/shapes';
import { type Preferences, usePreference } from '@/app/preferences';
import { presences, useSetPresence, useShownPresence } from '@/features/people/presence';
import { forgetBelongings } from '@/features/signin/belongings';
import { Avatar } from '@/parts/Avatar';
import { toastError } from '@/parts/toasts';
import styles from './Nav.module.css';

const links = [
  { to: '/inbox', label: 'Inbox', icon: Inbox },
  { to: '/thresholds', label: 'Thresholds', icon: Gauge },
  { to: '/label', label: 'Label next', icon: Tags },
  { to: '/templates', label: 'Standard answers', icon: MessageSquareText },
  { to: '/people', label: 'People', icon: Users },
] as const;

export function Nav({ onHelp }: { onHelp: () => void }) {
  return (
    <nav className={styles.nav} aria-label="Main">
      <img className={styles.mark} src="/favicon.svg" alt="Usher" width={28} height={28} />
      {links.map(({ to, label, icon: Icon }) => (
        <Tooltip key={to} label={label} position="right">
          <Link className={styles.link} to={to} aria-label={label}>
            <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
          </Link>
        </Tooltip>
      ))}
      <span className={styles.rest} />
      <Tooltip label="Shortcuts (?)" position="right">
        <button
          type="button"
          className={`${styles.link} ${styles.wide}`}
          aria-label="Shortcuts"
          onClick={onHelp}
        >
          <Keyboard size={20} strokeWidth={1.75} aria-hidden="true" />
        </button>
      </Tooltip>
      <MyMenu />
    </nav>
  );
}

const themes = [
  { value: 'system', label: 'Like the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const;

function MyMenu() {
  const me = useQuery(meQuery).data;
  const [theme, setTheme] = usePreference('theme');
  const setPresence = useSetPresence();
  const signOut = useSignOut();
  const shown = useShownPresence();
  if (!me) return null;
  const presence = shown(me.presence);
  return (
    <Menu position="right-end" width={220}>
      <Menu.Target>
        <button
          type="button"
          className={styles.me}
          aria-label={`${me.name}, ${presence === 'unknown' ? 'no connection' : presence}. Your menu`}
        >
          <Avatar name={me.name} size={32} presence={presence} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.name}, {me.load} of {me.capacity} conversations
        </Menu.Label>
        <Menu.RadioGroup value={me.presence} onChange={(v) => setPresence.mutate(v as Presence)}>
          {presences.map((p) => (
            <Menu.RadioItem key={p.value} value={p.value}>
              {p.label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.RadioGroup value={theme} onChange={(v) => setTheme(v as Preferences['theme'])}>
          {themes.map(({ value, label, icon: Icon }) => (
            <Menu.RadioItem key={value} value={value} rightSection={<Icon size={15} aria-hidden="true" />}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item
          leftSection={<Settings size={15} aria-hidden="true" />}
          renderRoot={(props) => <Link to="/settings" {...props} />}
        >
          Settings
        </Menu.Item>
        <Menu.Item
          leftSection={<LogOut size={15} aria-hidden="true" />}
          onClick={() => void signOut.mutate()}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function useSignOut() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => ask(client.POST('/api/v1/sign-out')),
    onSuccess: async () => {
      forgetBelongings();
      await navigate({ to: '/sign-in' });
      queries.clear();
    },
    onError: toastError,
  });
}
