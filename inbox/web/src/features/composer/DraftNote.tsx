import { Button } from '@mantine/core';
import { PenLine, TriangleAlert } from 'lucide-react';
import { sentence } from '@/parts/words';
import styles from './Composer.module.css';
import type { Draft } from './drafts';
import type { Drafting } from './useDrafting';

type Props = {
  model: string;
  drafting: Drafting;
  draft: Draft;
  /** Puts back what was there before the draft; absent once the draft was changed. */
  onUndo: (() => void) | undefined;
};

/** What a model is writing, has written, or could not write. */
export function DraftNote({ model, drafting, draft, onUndo }: Props) {
  if (drafting.state === 'failed') {
    return (
      <p className={styles.drafted} data-failed="" role="alert">
        <TriangleAlert size={14} aria-hidden="true" />
        <span>{sentence(drafting.error?.message ?? 'No draft was written.')}</span>
        <Button size="compact-xs" onClick={drafting.start}>
          Try again
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={drafting.stop}>
          Dismiss
        </Button>
      </p>
    );
  }
  if (drafting.state === 'busy') {
    return (
      <p className={styles.drafted} role="status">
        <PenLine size={14} aria-hidden="true" />
        <span>{model} is drafting a reply. You can go on writing; the draft comes below.</span>
        <Button size="compact-xs" onClick={drafting.stop}>
          Cancel
        </Button>
      </p>
    );
  }
  if (!draft.drafted) return null;
  return (
    <p className={styles.drafted} role="status">
      <PenLine size={14} aria-hidden="true" />
      <span>
        <b>Draft by {draft.drafted.model}.</b> Read it and change it before you send it.
      </span>
      {onUndo && (
        <Button size="compact-xs" onClick={onUndo}>
          Undo
        </Button>
      )}
    </p>
  );
}
