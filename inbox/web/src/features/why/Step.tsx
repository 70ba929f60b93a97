import { ChevronDown, type LucideIcon } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import styles from './WhyHere.module.css';

type Props = {
  name: string;
  icon: LucideIcon;
  /** What happened in this step, in one line. */
  line: ReactNode;
  /** Stopped: this is why people have it. Done: this is where it ended well. */
  tone?: 'plain' | 'stopped' | 'done' | undefined;
  /** A picture of the line, shown also while folded. */
  glance?: ReactNode;
  open?: boolean;
  children: ReactNode;
};

/** One step of the story: a line that unfolds. */
export function Step({
  name,
  icon: Icon,
  line,
  tone = 'plain',
  glance,
  open: first = false,
  children,
}: Props) {
  const [open, setOpen] = useState(first);
  const id = useId();
  return (
    <li className={styles.step} data-tone={tone}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <span className={styles.node}>
          <Icon size={14} strokeWidth={2} aria-hidden="true" />
        </span>
        <span className={styles.words}>
          <span className={styles.name}>{name}</span>
          <span className={styles.what}>{line}</span>
        </span>
        <ChevronDown className={styles.chevron} size={16} aria-hidden="true" />
      </button>
      {glance && <div className={styles.glance}>{glance}</div>}
      {open && (
        <div id={id} className={styles.body}>
          {children}
        </div>
      )}
    </li>
  );
}
