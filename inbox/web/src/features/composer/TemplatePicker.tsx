import { Popover, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Hash } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { ask, client } from '@/api/client';
import { templatesQuery } from '@/api/queries';
import type { Template } from '@/api/shapes';
import { IconButton } from '@/parts/IconButton';
import { Bone } from '@/parts/states';
import { sentence } from '@/parts/words';
import styles from './Composer.module.css';

type Props = {
  conversation: string;
  opened: boolean;
  onChange: (opened: boolean) => void;
  onPick: (text: string, template: string) => void;
};

/** Standard answers, each shown as it would read in this conversation. */
export function TemplatePicker({ conversation, opened, onChange, onPick }: Props) {
  return (
    <Popover opened={opened} onChange={onChange} position="top-start" trapFocus returnFocus={false}>
      <Popover.Target>
        <IconButton
          icon={Hash}
          label="Insert a standard answer"
          shortcut="#"
          onClick={() => onChange(!opened)}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <Picker
          conversation={conversation}
          onPick={(text, template) => {
            onPick(text, template);
            onChange(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

const previewQuery = (conversation: string, name: string) => ({
  queryKey: ['preview', conversation, name] as const,
  queryFn: async () =>
    (
      await ask(
        client.POST('/api/v1/templates/{name}/preview', {
          params: { path: { name } },
          body: { conversation_id: conversation },
        }),
      )
    ).text,
});

const fits = (t: Template, search: string) =>
  `${t.title} ${t.name.replaceAll('_', ' ')}`.toLowerCase().includes(search);

function Picker({ conversation, onPick }: Pick<Props, 'conversation' | 'onPick'>) {
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  const templates = useQuery(templatesQuery);
  const found = (templates.data ?? []).filter((t) => fits(t, search.trim().toLowerCase()));
  const active = found[Math.min(at, found.length - 1)];
  const preview = useQuery({
    ...previewQuery(conversation, active?.name ?? ''),
    enabled: Boolean(active),
    placeholderData: (before) => before,
  });
  const pick = () => {
    if (active && preview.data !== undefined && !preview.isPlaceholderData) onPick(preview.data, active.name);
  };
  const onKey = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) {
      e.preventDefault();
      setAt((found.length + Math.min(at, found.length - 1) + step) % Math.max(1, found.length));
    }
    if (e.key === 'Enter') {
      e.preventDefault();
      pick();
    }
  };
  return (
    <div className={styles.picker}>
      <TextInput
        data-autofocus
        aria-label="Search standard answers"
        aria-activedescendant={active && `template-${active.name}`}
        placeholder="Search standard answers"
        value={search}
        onChange={(e) => {
          setSearch(e.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <div className={styles.options}>
        {templates.isPending && <Bone height={28} />}
        {templates.isError && <p className={styles.muted}>{sentence(templates.error.message)}</p>}
        {templates.isSuccess && found.length === 0 && (
          <p className={styles.muted}>No answer is called that.</p>
        )}
        {found.map((t, i) => (
          <button
            key={t.name}
            id={`template-${t.name}`}
            type="button"
            tabIndex={-1}
            className={styles.option}
            data-active={t === active || undefined}
            onMouseMove={() => setAt(i)}
            onClick={pick}
          >
            {t.title}
          </button>
        ))}
      </div>
      <div className={styles.preview} aria-live="polite">
        {preview.isError ? sentence(preview.error.message) : preview.data}
      </div>
    </div>
  );
}
