import { Menu, Tooltip } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import {
  Check,
  Gauge,
  Inbox,
  Keyboard,
  LogOut,
  MessageSquareText,
  Monitor,
  Moon,
  Settings,
  Sun,
  Users,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { ask, client } from '@/api/client';
import { meQuery } from '@/api/queries';
import { usePreference } from '@/app/preferences';
import { forgetTyped } from '@/features/composer/outbox';
import { presences, useSetPresence } from '@/features/people/presence';
import { Avatar } from '@/parts/Avatar';
import { toastError } from '@/parts/toasts';
import styles from './Nav.module.css';

const links = [
  { to: '/inbox', label: 'Inbox', icon: Inbox },
  { to: '/thresholds', label: 'Thresholds', icon: Gauge },
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
  if (!me) return null;
  return (
    <Menu position="right-end" width={220}>
      <Menu.Target>
        <button type="button" className={styles.me} aria-label={`${me.name}, ${me.presence}. Your menu`}>
          <Avatar name={me.name} size={32} presence={me.presence} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.name}, {me.load} of {me.capacity} conversations
        </Menu.Label>
        {presences.map((p) => (
          <Picked key={p.value} on={p.value === me.presence} onClick={() => setPresence.mutate(p.value)}>
            {p.label}
          </Picked>
        ))}
        <Menu.Divider />
        {themes.map(({ value, label, icon: Icon }) => (
          <Picked
            key={value}
            on={value === theme}
            onClick={() => setTheme(value)}
            icon={<Icon size={15} aria-hidden="true" />}
          >
            {label}
          </Picked>
        ))}
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

function Picked({
  on,
  icon,
  onClick,
  children,
}: {
  on: boolean;
  icon?: ReactNode;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={on}
      leftSection={icon}
      rightSection={on && <Check size={15} aria-hidden="true" />}
      onClick={onClick}
    >
      {children}
    </Menu.Item>
  );
}

function useSignOut() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => ask(client.POST('/api/v1/sign-out')),
    onSuccess: async () => {
      forgetTyped();
      await navigate({ to: '/sign-in' });
      queries.clear();
    },
    onError: toastError,
  });
}
