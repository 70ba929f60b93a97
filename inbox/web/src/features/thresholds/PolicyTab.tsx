import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { ApiError, ask, client } from '@/api/client';
import { keys, policiesQuery } from '@/api/queries';
import { CodeEditor, showLine } from '@/parts/CodeEditor';
import { type ProblemLine, Problems } from '@/parts/Problems';
import { Bone, Failed } from '@/parts/states';
import { toast } from '@/parts/toasts';
import { useUnsaved } from '@/parts/unsaved';
import styles from './Thresholds.module.css';

/** A changed policy, and the version that was live when the change began. */
export type PolicyDraft = { yaml: string; begun: number };

type OnDraft = (draft: PolicyDraft | undefined) => void;
type Props = { ops: boolean; draft: PolicyDraft | undefined; onDraft: OnDraft };

/** The policy as a document: everybody may check a change, ops make it live. */
export function PolicyTab({ ops, draft, onDraft }: Props) {
  const versions = useQuery(policiesQuery);
  if (versions.isPending) return <Bone height={480} />;
  if (versions.isError) {
    return (
      <Failed
        what="The policy cannot be shown"
        error={versions.error}
        onRetry={() => void versions.refetch()}
      />
    );
  }
  const live = versions.data.find((v) => v.state === 'live');
  return (
    <Editor
      ops={ops}
      live={live?.yaml ?? ''}
      version={live?.version ?? 0}
      draft={draft?.yaml === live?.yaml ? undefined : draft}
      onDraft={onDraft}
    />
  );
}

type EditorProps = Props & { live: string; version: number };

function Editor({ ops, live, version, draft, onDraft }: EditorProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [note, setNote] = useUnsaved<string>('policy note');
  const check = useCheck();
  const publish = usePublish(() => {
    onDraft(undefined);
    setNote(undefined);
    check.reset();
  });
  const text = draft?.yaml ?? live;
  const edit = (yaml: string) => {
    check.reset();
    publish.reset();
    onDraft(yaml === live ? undefined : { yaml, begun: draft?.begun ?? version });
  };
  const problems = publish.isError ? problemsOf(publish.error) : (check.data?.problems ?? []);
  return (
    <div className={styles.policy}>
      <p className={styles.hint}>
        What holds for every message: thresholds, routes, teams, skills and guards. Comments and order are
        kept as they are.
      </p>
      <CodeEditor
        ref={field}
        label="Policy"
        className={styles.document}
        value={text}
        onChange={edit}
        wrong={problems.map((p) => p.line)}
      />
      <div className={styles.verdict} aria-live="polite">
        {draft && draft.begun !== version && (
          <span className={styles.overtaken}>
            Policy v{version} went live after you began with v{draft.begun}. Publishing this takes its place.
          </span>
        )}
        {check.data?.ok && <span className={styles.good}>Nothing is wrong with it.</span>}
        {check.isError && <span className={styles.bad}>Not checked: {check.error.message}</span>}
        {publish.isError && <span className={styles.bad}>Not published; your text is kept here.</span>}
        <Problems problems={problems} onShow={(line) => showLine(field.current, line)} />
      </div>
      <div className={styles.policyActions}>
        <Button onClick={() => check.mutate(text)} loading={check.isPending}>
          Check
        </Button>
        {draft && <Button onClick={() => edit(live)}>Back to the live one</Button>}
        {ops && (
          <Publish
            note={note ?? ''}
            onNote={(n) => setNote(n || undefined)}
            ready={Boolean(draft)}
            busy={publish.isPending}
            onPublish={() => publish.mutate({ yaml: text, note: (note ?? '').trim() })}
          />
        )}
      </div>
    </div>
  );
}

type PublishProps = {
  note: string;
  onNote: (note: string) => void;
  ready: boolean;
  busy: boolean;
  onPublish: () => void;
};

function Publish({ note, onNote, ready, busy, onPublish }: PublishProps) {
  return (
    <>
      <TextInput
        className={styles.note}
        aria-label="Why"
        placeholder="Why? Others read it in the list of versions."
        maxLength={500}
        value={note}
        onChange={(e) => onNote(e.currentTarget.value)}
      />
      <Button variant="filled" disabled={!ready} loading={busy} onClick={onPublish}>
        Publish
      </Button>
    </>
  );
}

const useCheck = () =>
  useMutation({ mutationFn: (yaml: string) => ask(client.POST('/api/v1/policy/check', { body: { yaml } })) });

function usePublish(onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ yaml, note }: { yaml: string; note: string }) =>
      ask(client.POST('/api/v1/policy', { body: { yaml, ...(note && { note }) } })),
    onSuccess: async ({ version }) => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: keys.thresholds }),
        queries.invalidateQueries({ queryKey: keys.policies }),
      ]);
      onDone();
      toast(`Policy v${version} is live. The next message is decided by it.`);
    },
  });
}

/** The problems of a refused document, or the refusal itself as the one problem. */
function problemsOf(error: Error): ProblemLine[] {
  if (error instanceof ApiError && error.fields.length > 0) {
    return error.fields.map((f) => ({ line: f.line ?? 0, message: f.message }));
  }
  return [{ line: 0, message: error.message }];
}
