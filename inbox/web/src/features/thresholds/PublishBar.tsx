import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { ask, client } from '@/api/client';
import { keys } from '@/api/queries';
import type { ThresholdRow } from '@/api/shapes';
import { toast } from '@/parts/toasts';
import { useUnsaved } from '@/parts/unsaved';
import { percent } from '@/parts/words';
import type { Draft } from './figures';
import styles from './Thresholds.module.css';

type Props = { rows: readonly ThresholdRow[]; draft: Draft; onDraft: (d: Draft) => void };

/** What will change, a note why, and the button that makes it live. Nothing is shown while nothing changed. */
export function PublishBar({ rows, draft, onDraft }: Props) {
  const queries = useQueryClient();
  const [note = '', setNote] = useUnsaved<string>('thresholds note');
  const publish = useMutation({
    mutationFn: () =>
      ask(
        client.PUT('/api/v1/thresholds', {
          body: { thresholds: { ...draft }, ...(note.trim() && { note: note.trim() }) },
        }),
      ),
    onSuccess: async ({ version }) => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: keys.thresholds }),
        queries.invalidateQueries({ queryKey: keys.policies }),
      ]);
      onDraft({});
      setNote(undefined);
      toast(`Policy v${version} is live. The next message is decided by it.`);
    },
  });
  const changed = rows.filter((r) => draft[r.intent] !== undefined);
  if (changed.length === 0) return null;
  const discard = () => {
    onDraft({});
    setNote(undefined);
    toast(`Discarded ${changed.length === 1 ? 'one change' : `${changed.length} changes`}.`, {
      action: {
        label: 'Undo',
        run: () => {
          onDraft(draft);
          setNote(note || undefined);
        },
      },
    });
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    publish.mutate();
  };
  return (
    <form className={styles.bar} onSubmit={submit} aria-label="Publish">
      <ul className={`${styles.changes} tabular`}>
        {changed.map((r) => (
          <li key={r.intent}>
            {r.name} {percent(r.threshold)} → <b>{percent(draft[r.intent] ?? 0)}</b>
          </li>
        ))}
      </ul>
      {publish.isError && (
        <p className={styles.barError} role="alert">
          Not published, and your changes are kept here: {publish.error.message}
        </p>
      )}
      <TextInput
        className={styles.note}
        aria-label="Why"
        placeholder="Why? Others read it in the list of versions."
        maxLength={500}
        value={note}
        onChange={(e) => setNote(e.currentTarget.value || undefined)}
      />
      <Button onClick={discard}>Discard</Button>
      <Button type="submit" variant="filled" loading={publish.isPending}>
        Publish {changed.length === 1 ? 'one change' : `${changed.length} changes`}
      </Button>
    </form>
  );
}
