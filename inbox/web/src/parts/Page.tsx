import { type ReactNode, useEffect } from 'react';
import styles from './Page.module.css';

/** A page beside the inbox: a 48-px header with its title and actions, and a body that scrolls. */
export function Page({
  title,
  back,
  actions,
  children,
}: {
  title: string;
  back?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Usher`;
  }, [title]);
  return (
    <main className={styles.page}>
      <header className={styles.header}>
        {back}
        <h1>{title}</h1>
        {actions}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys, also without a control in it */}
      <div className={styles.body} tabIndex={0}>
        {children}
      </div>
    </main>
  );
}
