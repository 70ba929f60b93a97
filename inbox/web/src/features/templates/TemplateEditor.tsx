import { Button, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ask, client } from '@/api/client';
import { keys } from '@/api/queries';
import type { Template } from '@/api/shapes';
import { CodeEditor, showLine } from '@/parts/CodeEditor';
import { Problems } from '@/parts/Problems';
import { toast } from '@/parts/toasts';
import { Preview } from './Preview';
import styles from './Templates.module.css';
import { insertAt, nameFrom, nameTrouble, problemsOf } from './templates';
import { Variables } from './Variables';

type Props = {
  /** The saved one; none for a new answer. */
  template: Template | undefined;
  taken: readonly string[];
  ops: boolean;
  onSaved: (name: string) => void;
};

/** One standard answer: its text with help, how it reads, and saving it as a new version. */
export function TemplateEditor({ template, taken, ops, onSaved }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.scrollIntoView({ block: 'start' });
  }, []);
  const [draft, setDraft] = useState({
    title: template?.title ?? '',
    body: template?.body ?? '',
    watch: template?.watch ?? true,
  });
  const name = template?.name ?? nameFrom(draft.title);
  const save = useSave(name, onSaved);
  const problems = save.isError ? problemsOf(save.error) : [];
  const set = (part: Partial<typeof draft>) => {
    save.reset();
    setDraft({ ...draft, ...part });
  };
  const unchanged =
    draft.title === template?.title && draft.body === template.body && draft.watch === template.watch;
  const badName = template ? undefined : nameTrouble(draft.title, taken);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (!badName) save.mutate(draft);
  };
  return (
    <form ref={form} className={styles.editor} onSubmit={submit}>
      <div className={styles.writing}>
        <TextInput
          label="Title"
          readOnly={!ops}
          maxLength={200}
          value={draft.title}
          onChange={(e) => set({ title: e.currentTarget.value })}
          description={
            template ? `${name}, version ${template.version}` : name && `Its name will be ${name}.`
          }
          error={draft.title && badName}
        />
        <CodeEditor
          ref={field}
          label="Text"
          className={styles.body}
          readOnly={!ops}
          value={draft.body}
          onChange={(body) => set({ body })}
          wrong={problems.map((p) => p.line)}
        />
        {problems.length > 0 && (
          <div role="alert">
            <p className={styles.bad}>Not saved; your text is kept here.</p>
            <Problems problems={problems} onShow={(line) => showLine(field.current, line)} />
          </div>
        )}
        <Switch
          label="Ask “Did that help?” afterwards"
          description="The conversation stays watched: “no” brings it to people, silence resolves it."
          disabled={!ops}
          checked={draft.watch}
          onChange={(e) => set({ watch: e.currentTarget.checked })}
        />
        {ops ? (
          <Buttons
            saved={template}
            unchanged={unchanged}
            ready={!unchanged && name !== ''}
            saving={save.isPending}
            onBack={set}
          />
        ) : (
          <p className={styles.hint}>You may look and try. People with the ops role can change it.</p>
        )}
        <Variables onInsert={ops ? (v) => putIn(field.current, v, (body) => set({ body })) : undefined} />
      </div>
      <Preview name={name || 'new'} body={draft.body} watch={draft.watch} />
    </form>
  );
}

/** Puts a variable where the cursor is, and the cursor behind it. */
function putIn(field: HTMLTextAreaElement | null, variable: string, change: (text: string) => void) {
  if (!field) return;
  const { text, cursor } = insertAt(field.value, variable, field.selectionStart, field.selectionEnd);
  change(text);
  requestAnimationFrame(() => {
    field.focus();
    field.setSelectionRange(cursor, cursor);
  });
}

type ButtonsProps = {
  saved: Template | undefined;
  unchanged: boolean;
  ready: boolean;
  saving: boolean;
  onBack: (to: { title: string; body: string; watch: boolean }) => void;
};

function Buttons({ saved, unchanged, ready, saving, onBack }: ButtonsProps) {
  return (
    <div className={styles.buttons}>
      <span className={styles.hint}>{saved ? 'Used from the next message on.' : ''}</span>
      {saved && !unchanged && (
        <Button onClick={() => onBack({ title: saved.title, body: saved.body, watch: saved.watch })}>
          Back to the saved one
        </Button>
      )}
      <Button type="submit" variant="filled" disabled={!ready} loading={saving}>
        Save
      </Button>
    </div>
  );
}

function useSave(name: string, onSaved: (name: string) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { title: string; body: string; watch: boolean }) =>
      ask(client.PUT('/api/v1/templates/{name}', { params: { path: { name } }, body })),
    onSuccess: (saved) => {
      queries.setQueryData<Template[]>(keys.templates, (all = []) => [
        ...all.filter((t) => t.name !== saved.name),
        saved,
      ]);
      toast(`Saved as version ${saved.version}.`);
      onSaved(saved.name);
    },
  });
}
