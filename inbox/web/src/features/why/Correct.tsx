import { Button, Checkbox, NativeSelect, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ask, client } from '@/api/client';
import { intentsQuery } from '@/api/queries';
import type { Conversation, Decision, Intent, Priority } from '@/api/shapes';
import { applyCorrected } from '@/live/changes';
import { toast } from '@/parts/toasts';
import { intentName } from '@/parts/words';
import styles from './Correct.module.css';
import { type Correction, correctionBody, correctionResult } from './correction';
import { sentence } from './words';

type Props = { d: Decision; conversation: Conversation; onDone: () => void };

/** Says what a decision should have been. Only what differs is sent. */
export function Correct({ d, conversation, onDone }: Props) {
  const catalogue = useQuery(intentsQuery).data;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector('select')?.focus({ preventScroll: true });
    form.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const [c, setC] = useState<Correction>({
    intent: d.intent,
    priority: d.priority as Priority,
    wrong: false,
    reason: '',
  });
  const set = (part: Partial<Correction>) => setC({ ...c, ...part });
  const send = useCorrect(d, conversation, onDone);
  const body = correctionBody(d, c);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (body) send.mutate(body);
  };
  return (
    <form ref={form} className={styles.form} onSubmit={submit}>
      <NativeSelect
        label="Intent"
        value={c.intent}
        onChange={(e) => set({ intent: e.currentTarget.value })}
        data={intentChoices(d, catalogue)}
      />
      <NativeSelect
        label="Priority"
        value={c.priority}
        onChange={(e) => set({ priority: e.currentTarget.value as Priority })}
        data={(['urgent', 'high', 'normal', 'low'] as const).map((p) => ({ value: p, label: sentence(p) }))}
      />
      {d.route === 'reply' && d.state !== 'withheld' && (
        <Checkbox
          className={styles.wide}
          label="The automatic answer was wrong"
          checked={c.wrong}
          onChange={(e) => set({ wrong: e.currentTarget.checked })}
        />
      )}
      <Textarea
        className={styles.wide}
        label="Reason"
        description="For those who tune the policy. Optional."
        autosize
        minRows={2}
        maxRows={5}
        maxLength={2000}
        value={c.reason}
        onChange={(e) => set({ reason: e.currentTarget.value })}
      />
      {send.isError && (
        <p className={styles.error} role="alert">
          Not saved: {send.error.message}
        </p>
      )}
      <div className={styles.buttons}>
        <span className={styles.hint}>{body ? '' : 'Change something first.'}</span>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="filled" disabled={!body} loading={send.isPending}>
          Save correction
        </Button>
      </div>
    </form>
  );
}

function intentChoices(d: Decision, catalogue: readonly Intent[] | undefined) {
  const known = (catalogue ?? []).map((i) => ({ value: i.id, label: i.name }));
  const all = [...known, { value: 'oos', label: 'None of them: out of scope' }];
  return all.some((i) => i.value === d.intent)
    ? all
    : [{ value: d.intent, label: sentence(intentName(d.intent, catalogue)) }, ...all];
}

function useCorrect(d: Decision, before: Conversation, onDone: () => void) {
  const queries = useQueryClient();
  const catalogue = useQuery(intentsQuery).data;
  return useMutation({
    mutationFn: (body: NonNullable<ReturnType<typeof correctionBody>>) =>
      ask<Conversation>(
        client.POST('/api/v1/conversations/{id}/corrections', {
          params: { path: { id: before.id } },
          body: { decision_id: d.id, ...body },
        }),
      ),
    onSuccess: (after, body) => {
      applyCorrected(queries, after);
      toast(correctionResult(before, after, body, (id) => intentName(id, catalogue)));
      onDone();
    },
  });
}
