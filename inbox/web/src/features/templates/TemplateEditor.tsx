import { Button, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import { ask, client } from '@/api/client';
import { keys, templatesQuery } from '@/api/queries';
import type { Template } from '@/api/shapes';
import { CodeEditor, showLine } from '@/parts/CodeEditor';
import { type ProblemLine, Problems } from '@/parts/Problems';
import { toast } from '@/parts/toasts';
import { useUnsaved } from '@/parts/unsaved';
import { Overtaken } from './Overtaken';
import { Preview } from './Preview';
import styles from './Templates.module.css';
import { type Content, insertAt, nameFrom, nameTrouble, problemsOf, sameContent } from './templates';
import { Variables } from './Variables';

type Props = {
  /** The saved one; none for a new answer. */
  template: Template | undefined;
  taken: readonly string[];
  ops: boolean;
  onSaved: (name: string) => void;
};

/** What is not saved yet, and the version that was the saved one when the change began; 0 for a new answer. */
type Draft = Content & { begun: number };

const blank: Content = { title: '', body: '', watch: true };

/** Where the changes to a standard answer are kept; without a name, those of the new one. */
export const unsavedTemplate = (name = '') => `template ${name}`;

/** One standard answer: its text with help, how it reads, and saving it as a new version. */
export function TemplateEditor({ template, taken, ops, onSaved }: Props) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.scrollIntoView({ block: 'start' });
  }, []);
  const [kept, keep] = useUnsaved<Draft>(unsavedTemplate(template?.name));
  const saved = template ?? blank;
  const changed = kept && sameContent(kept, saved) ? undefined : kept;
  const draft = changed ?? saved;
  const version = template?.version ?? 0;
  const name = template?.name ?? nameFrom(draft.title);
  const save = useSave(name, version, (name) => {
    keep(undefined);
    onSaved(name);
  });
  const set = (part: Partial<Content>) => {
    save.reset();
    const { title, body, watch } = { ...draft, ...part };
    const next = { title, body, watch, begun: changed?.begun ?? version };
    keep(sameContent(next, saved) ? undefined : next);
  };
  const badName = template ? undefined : nameTrouble(draft.title, taken);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (changed && !badName) save.mutate(draft);
  };
  return (
    <form ref={form} className={styles.editor} onSubmit={submit}>
      <Writing
        isNew={!template}
        draft={draft}
        ops={ops}
        naming={template ? `${name}, version ${template.version}` : name && `Its name will be ${name}.`}
        badName={draft.title && badName}
        problems={save.isError ? problemsOf(save.error) : []}
        onChange={set}
      >
        {changed && template && changed.begun !== version && (
          <Overtaken begun={changed.begun} saved={template} draft={changed} />
        )}
        {ops ? (
          <Buttons
            saved={template}
            unchanged={!changed}
            ready={Boolean(changed) && name !== ''}
            saving={save.isPending}
            onBack={() => {
              set(saved);
              toast('Went back.', { action: { label: 'Undo', run: () => keep(changed) } });
            }}
          />
        ) : (
          <p className={styles.hint}>You may look and try. People with the ops role can change it.</p>
        )}
      </Writing>
      <Preview name={name || 'new'} body={draft.body} watch={draft.watch} />
    </form>
  );
}

type WritingProps = {
  isNew: boolean;
  draft: Content;
  ops: boolean;
  naming: string;
  badName: string | undefined;
  problems: readonly ProblemLine[];
  onChange: (part: Partial<Content>) => void;
  children: ReactNode;
};

/** The fields, with what is wrong beside them and the buttons before the list of variables. */
function Writing({ isNew, draft, ops, naming, badName, problems, onChange, children }: WritingProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <div className={styles.writing}>
      <TextInput
        label="Title"
        autoFocus={isNew}
        readOnly={!ops}
        maxLength={200}
        value={draft.title}
        onChange={(e) => onChange({ title: e.currentTarget.value })}
        description={naming}
        error={badName}
      />
      <CodeEditor
        ref={field}
        label="Text"
        className={styles.body}
        readOnly={!ops}
        value={draft.body}
        onChange={(body) => onChange({ body })}
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
        onChange={(e) => onChange({ watch: e.currentTarget.checked })}
      />
      {children}
      <Variables onInsert={ops ? (v) => putIn(field.current, v, (body) => onChange({ body })) : undefined} />
    </div>
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
  onBack: () => void;
};

function Buttons({ saved, unchanged, ready, saving, onBack }: ButtonsProps) {
  return (
    <div className={styles.buttons}>
      <span className={styles.hint}>{saved ? 'Used from the next message on.' : ''}</span>
      {!unchanged && <Button onClick={onBack}>{saved ? 'Back to the saved one' : 'Discard'}</Button>}
      <Button type="submit" variant="filled" disabled={!ready} loading={saving}>
        Save
      </Button>
    </div>
  );
}

/** Saves over the version that is shown. When somebody saved another meanwhile, nothing is saved and that one is shown. */
function useSave(name: string, version: number, onSaved: (name: string) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ title, body, watch }: Content) => {
      const all = await queries.fetchQuery({ ...templatesQuery, staleTime: 0 });
      if ((all.find((t) => t.name === name)?.version ?? 0) !== version) return undefined;
      const to = { params: { path: { name } }, body: { title, body, watch } };
      return ask(client.PUT('/api/v1/templates/{name}', to));
    },
    onSuccess: (saved) => {
      if (!saved) return;
      queries.setQueryData<Template[]>(keys.templates, (all = []) => [
        ...all.filter((t) => t.name !== saved.name),
        saved,
      ]);
      toast(`Saved as version ${saved.version}.`);
      onSaved(saved.name);
    },
  });
}
