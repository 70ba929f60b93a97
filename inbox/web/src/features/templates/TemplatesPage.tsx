import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, Plus } from 'lucide-react';
import { useState } from 'react';
import { meQuery, templatesQuery } from '@/api/queries';
import type { Template } from '@/api/shapes';
import { IconButton } from '@/parts/IconButton';
import { Page } from '@/parts/Page';
import { Bone, Empty, Failed } from '@/parts/states';
import { TemplateEditor } from './TemplateEditor';
import { TemplateList } from './TemplateList';
import styles from './Templates.module.css';

/** What is open: a template by its name, a new one, or none. */
type Opened = { name: string } | 'new' | undefined;

/** The standard answers: what Usher says by itself, and what agents insert. */
export function TemplatesPage() {
  const templates = useQuery(templatesQuery);
  const ops = useQuery(meQuery).data?.role === 'ops';
  const single = useMediaQuery('(max-width: 719px)', undefined, { getInitialValueInEffect: false });
  const [opened, setOpened] = useState<Opened>();
  return (
    <Page
      title="Standard answers"
      back={
        single &&
        opened && (
          <IconButton icon={ArrowLeft} label="Back to the list" onClick={() => setOpened(undefined)} />
        )
      }
      actions={
        ops && (
          <Button leftSection={<Plus size={15} aria-hidden="true" />} onClick={() => setOpened('new')}>
            New answer
          </Button>
        )
      }
    >
      {templates.isPending && <Loading />}
      {templates.isError && (
        <Failed
          what="The standard answers cannot be shown"
          error={templates.error}
          onRetry={() => void templates.refetch()}
        />
      )}
      {templates.data && (
        <Panes all={templates.data} ops={ops} single={!!single} opened={opened} onOpen={setOpened} />
      )}
    </Page>
  );
}

type PanesProps = {
  all: Template[];
  ops: boolean;
  single: boolean;
  opened: Opened;
  onOpen: (o: Opened) => void;
};

function Panes({ all, ops, single, opened, onOpen }: PanesProps) {
  if (all.length === 0 && opened !== 'new') {
    return (
      <Empty
        title="No standard answers yet"
        action={ops && <Button onClick={() => onOpen('new')}>Write the first</Button>}
      >
        Automatic answers are written from them, and agents insert them with #.
      </Empty>
    );
  }
  // On a wide page something is always open: the first one, until another is picked.
  const shown = opened ?? (single ? undefined : all[0]);
  const current = shown === 'new' ? undefined : all.find((t) => t.name === shown?.name);
  return (
    <div className={styles.panes}>
      {!(single && shown) && (
        <TemplateList all={all} selected={current?.name} onOpen={(name) => onOpen({ name })} />
      )}
      {shown && (
        <TemplateEditor
          key={current?.name ?? 'new'}
          template={current}
          taken={all.map((t) => t.name)}
          ops={ops}
          onSaved={(name) => onOpen({ name })}
        />
      )}
    </div>
  );
}

function Loading() {
  return (
    <div className={styles.panes} role="status" aria-label="Loading">
      <Bone height={480} />
      <Bone height={480} />
    </div>
  );
}
