import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { PenLine } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { chatModelQuery, meQuery } from '@/api/queries';
import type { Conversation, DraftedReply } from '@/api/shapes';
import { useActions } from '@/features/actions/actions';
import { useShortcuts } from '@/features/shortcuts/useShortcuts';
import { IconButton } from '@/parts/IconButton';
import { channelName, contactName } from '@/parts/words';
import styles from './Composer.module.css';
import { DraftNote } from './DraftNote';
import { below, type Draft, type Kind, keepDraft, openGaps, readDraft } from './drafts';
import { outbox } from './outbox';
import { TemplatePicker } from './TemplatePicker';
import { useDrafting } from './useDrafting';

const kinds: { kind: Kind; label: string; shortcut: string }[] = [
  { kind: 'reply', label: 'Reply', shortcut: 'r' },
  { kind: 'note', label: 'Note', shortcut: 'n' },
];

/** What fits into one message, in bytes of UTF-8; the server refuses more. */
const longest = 65_536;

/** Writes replies and notes. What is typed is kept as it is typed; sending never waits on the connection. */
export function Composer({ conversation: c }: { conversation: Conversation }) {
  const [kind, setKind] = useState<Kind>('reply');
  const [drafts, setDrafts] = useState({ reply: readDraft(c.id, 'reply'), note: readDraft(c.id, 'note') });
  const [picking, setPicking] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const draft = drafts[kind];
  const closed = c.status === 'resolved' && kind === 'reply';
  const change = (next: Draft, of: Kind = kind) => {
    // Without its text a draft is nobody's.
    const whole = next.text.trim() ? next : { ...next, drafted: undefined };
    setDrafts((d) => ({ ...d, [of]: whole }));
    keepDraft(c.id, of, whole);
  };
  const write = (of: Kind) => {
    setKind(of);
    requestAnimationFrame(() => input.current?.focus());
  };
  const insert = (text: string, template: string) => {
    change({ ...drafts.reply, text: below(drafts.reply.text, text), template }, 'reply');
    write('reply');
  };
  const assistant = useAssistant(c, drafts.reply, change, () => write('reply'));
  const send = () => {
    const text = draft.text.trim();
    if (!text || closed || openGaps(draft).length > 0) return;
    outbox.add({ conversation: c.id, kind, text, template: draft.template });
    change({ text: '' });
    input.current?.focus();
  };
  const pick = () => {
    setKind('reply');
    if (c.status !== 'resolved') setPicking(true);
  };
  useShortcuts({
    reply: () => write('reply'),
    note: () => write('note'),
    template: pick,
    ...(assistant.offered && { draft: assistant.start }),
  });
  return (
    <section className={styles.composer} data-kind={kind} aria-label="Write">
      <div className={styles.inner}>
        <div className={styles.tabs}>
          <Tabs kind={kind} onChange={write} />
          <Hint conversation={c} kind={kind} />
        </div>
        {closed ? (
          <Closed conversation={c} />
        ) : (
          <>
            <Field
              ref={input}
              kind={kind}
              value={draft.text}
              onChange={(text) => change({ ...draft, text })}
              onSend={send}
              onPick={pick}
            />
            {kind === 'reply' && assistant.note}
            <div className={styles.bar}>
              {kind === 'reply' && (
                <TemplatePicker conversation={c.id} opened={picking} onChange={setPicking} onPick={insert} />
              )}
              {kind === 'reply' && assistant.offered && (
                <IconButton
                  icon={PenLine}
                  label="Have a reply drafted"
                  shortcut="d"
                  aria-busy={assistant.busy}
                  onClick={assistant.start}
                />
              )}
              <SendButton kind={kind} draft={draft} onSend={send} />
            </div>
          </>
        )}
      </div>
    </section>
  );
}

/** Drafts by a model, where one is configured: each comes below what is typed, and can be taken back until it is changed. */
function useAssistant(
  c: Conversation,
  draft: Draft,
  change: (next: Draft, of: Kind) => void,
  onStart: () => void,
) {
  const model = useQuery(chatModelQuery).data ?? '';
  const [back, setBack] = useState<{ before: Draft; after: string }>();
  const drafting = useDrafting(c.id, ({ text, gaps, model }: DraftedReply) => {
    const after = below(draft.text, text);
    setBack({ before: draft, after });
    const all = [...new Set([...(draft.drafted?.gaps ?? []), ...gaps])];
    change({ ...draft, text: after, drafted: { model, gaps: all } }, 'reply');
  });
  const undo = back && back.after === draft.text ? () => change(back.before, 'reply') : undefined;
  return {
    offered: model !== '' && c.status !== 'resolved',
    busy: drafting.state === 'busy',
    start: () => {
      onStart();
      drafting.start();
    },
    note: <DraftNote model={model} drafting={drafting} draft={draft} onUndo={undo} />,
  };
}

function Tabs({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const onKey = (e: KeyboardEvent) => {
    if (e.key !== 'ArrowLeft' && e.key !== 'ArrowRight') return;
    const other = kind === 'reply' ? 'note' : 'reply';
    onChange(other);
  };
  return (
    <div role="tablist" aria-label="What to write" onKeyDown={onKey}>
      {kinds.map((k) => (
        <button
          key={k.kind}
          type="button"
          role="tab"
          aria-selected={k.kind === kind}
          tabIndex={k.kind === kind ? 0 : -1}
          className={styles.tab}
          title={`${k.label} (${k.shortcut})`}
          onClick={() => onChange(k.kind)}
        >
          {k.label}
        </button>
      ))}
    </div>
  );
}

function Hint({ conversation: c, kind }: { conversation: Conversation; kind: Kind }) {
  const me = useQuery(meQuery).data;
  if (kind === 'note') return <span className={styles.hint}>Only your team sees this</span>;
  const elsewhere = c.agent && me && c.agent.id !== me.id;
  return (
    <span className={styles.hint}>
      {elsewhere ? `${c.agent?.name} has it · ` : ''}to {contactName(c.contact)}, {channelName(c.channel)}
    </span>
  );
}

function Closed({ conversation: c }: { conversation: Conversation }) {
  const actions = useActions();
  return (
    <div className={styles.closed}>
      <span>It is resolved. Reopen it to reply; notes can be added at any time.</span>
      <Button onClick={() => void actions.reopen(c)} loading={actions.busy}>
        Reopen
      </Button>
    </div>
  );
}

type FieldProps = {
  ref: React.RefObject<HTMLTextAreaElement | null>;
  kind: Kind;
  value: string;
  onChange: (text: string) => void;
  onSend: () => void;
  onPick: () => void;
};

function Field({ ref, kind, value, onChange, onSend, onPick }: FieldProps) {
  useGrowth(ref, value);
  const onKey = (e: KeyboardEvent<HTMLTextAreaElement>) => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.nativeEvent.isComposing) {
      e.preventDefault();
      onSend();
    }
    // Only at the very start: a # elsewhere begins an order number.
    if (e.key === '#' && value === '' && kind === 'reply') {
      e.preventDefault();
      onPick();
    }
    if (e.key === 'Escape') e.currentTarget.blur();
  };
  return (
    <textarea
      ref={ref}
      className={styles.text}
      rows={2}
      value={value}
      aria-label={kind === 'reply' ? 'Reply' : 'Note'}
      placeholder={
        kind === 'reply' ? 'Write a reply, or # for a standard answer' : 'Write a note for your team'
      }
      onChange={(e) => onChange(e.currentTarget.value)}
      onKeyDown={onKey}
    />
  );
}

/** Lets the field grow with its text where the browser does not do so by itself. */
function useGrowth(ref: React.RefObject<HTMLTextAreaElement | null>, value: string) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useEffect(() => {
    const el = ref.current;
    if (!el || CSS.supports?.('field-sizing', 'content')) return;
    el.style.height = 'auto';
    el.style.height = `${el.scrollHeight + 2}px`;
  }, [ref, value]);
}

const keys = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? '⌘ Enter' : 'Ctrl Enter';

function SendButton({ kind, draft, onSend }: { kind: Kind; draft: Draft; onSend: () => void }) {
  const over = new TextEncoder().encode(draft.text).length - longest;
  const gaps = openGaps(draft);
  return (
    <>
      <span className={`${styles.keys} tabular`} data-wanting={gaps.length > 0 || undefined}>
        {over > 0
          ? `${over} bytes too long for one message`
          : gaps.length > 0
            ? `Fill in ${gaps.join(', ')}`
            : `${keys} sends`}
      </span>
      <Button variant="filled" disabled={!draft.text.trim() || over > 0 || gaps.length > 0} onClick={onSend}>
        {kind === 'reply' ? 'Send' : 'Add note'}
      </Button>
    </>
  );
}
