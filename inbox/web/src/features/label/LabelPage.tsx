import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask, client } from '@/api/client';
import { intentsQuery, nextLabelsQuery } from '@/api/queries';
import type { Conversation, NextLabel } from '@/api/shapes';
import { useShortcuts } from '@/features/shortcuts/useShortcuts';
import { applyCorrected } from '@/live/changes';
import { Page } from '@/parts/Page';
import { Bone, Empty, Failed } from '@/parts/states';
import { toastError } from '@/parts/toasts';
import { LabelItem } from './LabelItem';
import styles from './LabelPage.module.css';
import { choices, type Labels, nextUnlabelled, noneFits } from './label';

/** The messages whose label teaches most: one key each. */
export function LabelPage() {
  const next = useQuery(nextLabelsQuery);
  return (
    <Page title="Label next">
      {next.isPending && <Loading />}
      {next.isError && (
        <Failed
          what="Messages to label cannot be shown"
          error={next.error}
          onRetry={() => void next.refetch()}
        />
      )}
      {next.data?.items.length === 0 && (
        <Empty title="Nothing to label">
          {next.data.model
            ? 'Every recent message is clear to the classifier, or somebody said what it means.'
            : 'There is no classifier yet, so nothing is unclear to it.'}
        </Empty>
      )}
      {next.data && next.data.items.length > 0 && (
        <Items
          key={next.dataUpdatedAt}
          items={next.data.items}
          of={next.data.messages}
          onMore={() => void next.refetch()}
          looking={next.isFetching}
        />
      )}
    </Page>
  );
}

type ItemsProps = { items: NextLabel[]; of: number; onMore: () => void; looking: boolean };

function Items({ items, of, onMore, looking }: ItemsProps) {
  const [labels, setLabels] = useState<Labels>({});
  const [at, setAt] = useState(0);
  const catalogue = useQuery(intentsQuery).data;
  const send = useLabel();
  const label = (place: number, intent: string) => {
    const item = items[place];
    if (!item) return;
    const after = { ...labels, [item.decision_id]: intent };
    setLabels(after);
    setAt(nextUnlabelled(items, after, place + 1));
    send.mutate(
      { item, intent },
      { onError: () => setLabels(({ [item.decision_id]: _, ...others }) => others) },
    );
  };
  const reading = (n: number) => () => {
    const chosen = items[at] && choices(items[at])[n];
    if (chosen) label(at, chosen.intent);
  };
  useShortcuts({
    next: () => setAt(Math.min(at + 1, items.length - 1)),
    previous: () => setAt(Math.max(at - 1, 0)),
    reading1: reading(0),
    reading2: reading(1),
    reading3: reading(2),
    noneFits: () => label(at, noneFits),
    search: () => document.getElementById(`other-${items[at]?.decision_id}`)?.focus(),
  });
  const done = items.filter((i) => labels[i.decision_id]).length;
  return (
    <div className={styles.page}>
      <p className={styles.intro}>
        The classifier is unsure of these {items.length} messages, chosen from {of} and unlike each other.
        What you say is learnt when Usher is trained again, and moves a conversation that waits to the team
        that answers for it. <kbd>1</kbd> to <kbd>3</kbd> choose, <kbd>0</kbd> says that none fits,{' '}
        <kbd>/</kbd> opens all intents, <kbd>j</kbd> and <kbd>k</kbd> move.
      </p>
      <ol className={styles.items}>
        {items.map((item, i) => (
          <LabelItem
            key={item.decision_id}
            item={item}
            current={i === at}
            label={labels[item.decision_id]}
            catalogue={catalogue}
            onFocus={() => setAt(i)}
            onLabel={(intent) => label(i, intent)}
          />
        ))}
      </ol>
      <footer className={styles.foot}>
        <span className="tabular" role="status">
          {done} of {items.length} labelled
        </span>
        <Button onClick={onMore} loading={looking} variant={done === items.length ? 'filled' : 'default'}>
          Look for more
        </Button>
      </footer>
    </div>
  );
}

/** Says what a message means; saying it again changes it. */
function useLabel() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ item, intent }: { item: NextLabel; intent: string }) =>
      ask<Conversation>(
        client.POST('/api/v1/conversations/{id}/corrections', {
          params: { path: { id: item.conversation_id } },
          body: { decision_id: item.decision_id, intent },
        }),
      ),
    onSuccess: (after) => applyCorrected(queries, after),
    onError: toastError,
  });
}

function Loading() {
  return (
    <div className={styles.page} role="status" aria-label="Loading">
      {[1, 2, 3, 4].map((n) => (
        <Bone key={n} height={104} />
      ))}
    </div>
  );
}
