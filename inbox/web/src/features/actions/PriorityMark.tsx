import { ChevronsUp, ChevronUp } from 'lucide-react';
import type { Priority } from '@/api/shapes';
import styles from './PriorityMark.module.css';

/** Urgent and high alone have a mark; the others are the rule. */
export function PriorityMark({ priority }: { priority: Priority }) {
  if (priority !== 'urgent' && priority !== 'high') return null;
  const Icon = priority === 'urgent' ? ChevronsUp : ChevronUp;
  return (
    <span className={styles.mark} data-priority={priority} title={`Priority: ${priority}`}>
      <Icon size={14} strokeWidth={2.5} aria-hidden="true" />
      <span className="unseen">{priority}</span>
    </span>
  );
}
