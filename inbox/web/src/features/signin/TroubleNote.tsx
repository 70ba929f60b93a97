import type { Trouble } from './errors';
import styles from './SignIn.module.css';

/** What went wrong and what to do; text between backticks is a command. */
export function TroubleNote({ trouble }: { trouble: Trouble }) {
  const [before, command, after] = trouble.text.split('`');
  return (
    <div className={styles.trouble} role="alert">
      <strong>{trouble.title}</strong>
      <p>
        {before}
        {command && <code>{command}</code>}
        {after}
      </p>
    </div>
  );
}
