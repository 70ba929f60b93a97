import { type ReactNode, useEffect } from 'react';
import styles from './Page.module.css';

/** A page beside the inbox: a 48-px header with its title and actions, and a body that scrolls. */
export function Page({
  title,
  actions,
  children,
}: {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Usher`;
  }, [title]);
  return (
    <main className={styles.page}>
      <header className={styles.header}>
        <h1>{title}</h1>
        {actions}
      </header>
      <div className={styles.body}>{children}</div>
    </main>
  );
}
