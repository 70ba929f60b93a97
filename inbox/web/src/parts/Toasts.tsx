import { Button } from '@mantine/core';
import { X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { IconButton } from './IconButton';
import styles from './Toasts.module.css';
import { dismiss, listToasts, subscribeToasts, type Toast } from './toasts';

const shownFor = 7000;

export function Toasts() {
  const toasts = useSyncExternalStore(subscribeToasts, listToasts);
  return (
    <section className={styles.toasts} aria-label="Messages" aria-live="polite">
      {toasts.map((t) => (
        <Line key={t.id} toast={t} />
      ))}
    </section>
  );
}

function Line({ toast: t }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismiss(t.id), shownFor);
    return () => clearTimeout(timer);
  }, [t.id, held]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering only keeps the message; its buttons do the work
    <div
      className={styles.toast}
      data-tone={t.tone}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={styles.text}>{t.text}</span>
      {t.action && (
        <Button
          variant="light"
          onClick={() => {
            dismiss(t.id);
            t.action?.run();
          }}
        >
          {t.action.label}
        </Button>
      )}
      <IconButton icon={X} label="Dismiss" onClick={() => dismiss(t.id)} />
    </div>
  );
}
