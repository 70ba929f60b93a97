import { Button, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { ApiError, ask, client } from '@/api/client';
import { keys } from '@/api/queries';
import type { Template } from '@/api/shapes';
import { showLine } from '@/parts/CodeEditor';
import { Problems } from '@/parts/Problems';
import { toast } from '@/parts/toasts';
import { useUnsaved } from '@/parts/unsaved';
import { languageName } from '@/parts/words';
import { Overtaken } from './Overtaken';
import { Preview } from './Preview';
import styles from './Templates.module.css';
import { Texts } from './Texts';
import {
  type Content,
  insertAt,
  languagesOf,
  nameFrom,
  nameTrouble,
  problemsOf,
  sameContent,
  type TextProblem,
  textIn,
  withText,
} from './templates';
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

const blank: Content = { title: '', language: 'en', body: '', texts: {}, watch: true };

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
  const [open, setOpen] = useState('');
  const shown = languagesOf(draft).includes(open) ? open : draft.language;
  const save = useSave(name, version, {
    onSaved: (name) => {
      keep(undefined);
      onSaved(name);
    },
    onRefused: (problems) => {
      const wrong = problems.map((p) => p.language).filter(Boolean);
      if (wrong.length > 0 && !wrong.includes(shown)) setOpen(wrong[0]!);
    },
  });
  const set = (part: Partial<Content>) => {
    save.reset();
    const { title, language, body, texts, watch } = { ...draft, ...part };
    const next = { title, language, body, texts, watch, begun: changed?.begun ?? version };
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
        shown={shown}
        onShow={setOpen}
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
      <Preview name={name || 'new'} language={shown} body={textIn(draft, shown)} watch={draft.watch} />
    </form>
  );
}

type WritingProps = {
  isNew: boolean;
  draft: Content;
  shown: string;
  onShow: (language: string) => void;
  ops: boolean;
  naming: string;
  badName: string | undefined;
  problems: readonly TextProblem[];
  onChange: (part: Partial<Content>) => void;
  children: ReactNode;
};

/** The fields, with what is wrong beside them and the buttons before the list of variables. */
function Writing(props: WritingProps) {
  const { isNew, draft, shown, onShow, ops, naming, badName, problems, onChange, children } = props;
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
      <Texts
        content={draft}
        shown={shown}
        onShow={onShow}
        onChange={onChange}
        ops={ops}
        field={field}
        problems={problems}
      >
        {problems.length > 0 && (
          <Wrong
            problems={problems}
            shown={shown}
            onShow={onShow}
            onLine={(line) => showLine(field.current, line)}
          />
        )}
      </Texts>
      <Switch
        label="Ask afterwards whether it helped"
        description="The conversation stays watched: “no” brings it to people, silence resolves it."
        disabled={!ops}
        checked={draft.watch}
        onChange={(e) => onChange({ watch: e.currentTarget.checked })}
      />
      {children}
      <Variables
        onInsert={
          ops ? (v) => putIn(field.current, v, (text) => onChange(withText(draft, shown, text))) : undefined
        }
      />
    </div>
  );
}

type WrongProps = {
  problems: readonly TextProblem[];
  shown: string;
  onShow: (language: string) => void;
  onLine: (line: number) => void;
};

/** What kept an answer from being saved: of the text that is open by line, of the others by language. */
function Wrong({ problems, shown, onShow, onLine }: WrongProps) {
  const others = [...new Set(problems.map((p) => p.language))].filter((l) => l && l !== shown);
  return (
    <div role="alert" className={styles.refused}>
      <p className={styles.bad}>Not saved; your text is kept here.</p>
      <Problems problems={problems.filter((p) => !p.language || p.language === shown)} onShow={onLine} />
      {others.map((l) => (
        <Button key={l} onClick={() => onShow(l)}>
          Show what is wrong in {languageName(l)}
        </Button>
      ))}
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

type Outcome = { onSaved: (name: string) => void; onRefused: (problems: TextProblem[]) => void };

/** Saves over the version that is shown. When somebody saved another meanwhile, nothing is saved and that one is shown. */
function useSave(name: string, version: number, { onSaved, onRefused }: Outcome) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ title, language, body, texts, watch }: Content) => {
      const header = version > 0 ? { 'If-Match': `"${version}"` } : { 'If-None-Match': '*' };
      const to = { params: { path: { name }, header }, body: { title, language, body, texts, watch } };
      try {
        return await ask(client.PUT('/api/v1/templates/{name}', to));
      } catch (e) {
        if (!(e instanceof ApiError && e.status === 412)) throw e;
        await queries.invalidateQueries({ queryKey: keys.templates });
        return undefined;
      }
    },
    onError: (e) => onRefused(problemsOf(e)),
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
