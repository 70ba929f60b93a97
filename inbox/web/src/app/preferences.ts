import { useSyncExternalStore } from 'react';

/** What an agent set up in this browser. */
export type Preferences = {
  theme: 'light' | 'dark' | 'system';
  density: 'comfortable' | 'compact';
  /** Single-key shortcuts; they can be switched off (WCAG 2.1.4). */
  shortcuts: 'on' | 'off';
  contextOpen: 'yes' | 'no';
  viewsWidth: number;
  listWidth: number;
  contextWidth: number;
};

export const defaults: Preferences = {
  theme: 'system',
  density: 'comfortable',
  shortcuts: 'on',
  contextOpen: 'yes',
  viewsWidth: 220,
  listWidth: 340,
  contextWidth: 320,
};

const listeners = new Set<() => void>();
const slot = (name: string) => `usher.${name}`;

/** A preference as kept, or its default when it is missing or of another type. */
export function readPreference<K extends keyof Preferences>(name: K): Preferences[K] {
  const kept = localStorage.getItem(slot(name));
  if (kept === null) return defaults[name];
  if (typeof defaults[name] === 'number') {
    const n = Number(kept);
    return (Number.isFinite(n) && n > 0 ? n : defaults[name]) as Preferences[K];
  }
  return kept as Preferences[K];
}

export function writePreference<K extends keyof Preferences>(name: K, value: Preferences[K]) {
  localStorage.setItem(slot(name), String(value));
  applyDensity();
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  window.addEventListener('storage', tell);
  return () => {
    listeners.delete(tell);
    window.removeEventListener('storage', tell);
  };
}

export function usePreference<K extends keyof Preferences>(name: K) {
  const value = useSyncExternalStore(subscribe, () => readPreference(name));
  return [value, (v: Preferences[K]) => writePreference(name, v)] as const;
}

const systemDark = '(prefers-color-scheme: dark)';

function resolvedScheme(): 'light' | 'dark' {
  const theme = readPreference('theme');
  if (theme !== 'system') return theme === 'dark' ? 'dark' : 'light';
  return matchMedia(systemDark).matches ? 'dark' : 'light';
}

/** The scheme to show now; public/theme.js finds the same before the first paint. */
export function useScheme(): 'light' | 'dark' {
  return useSyncExternalStore((tell) => {
    const media = matchMedia(systemDark);
    media.addEventListener('change', tell);
    const stop = subscribe(tell);
    return () => {
      media.removeEventListener('change', tell);
      stop();
    };
  }, resolvedScheme);
}

/** Puts the density on the document, where the tokens look for it. */
export function applyDensity() {
  document.documentElement.setAttribute('data-density', readPreference('density'));
}
