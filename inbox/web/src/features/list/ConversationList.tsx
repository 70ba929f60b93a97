import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useRef } from 'react';
import { type ListFilter, listQuery, meQuery } from '@/api/queries';
import type { Conversation } from '@/api/shapes';
import { usePreference } from '@/app/preferences';
import { useShortcuts } from '@/features/shortcuts/useShortcuts';
import { isUnread, useSeen } from '@/features/thread/seen';
import { Bone, Empty, Failed } from '@/parts/states';
import styles from './ConversationList.module.css';
import { ListHeader } from './ListHeader';
import { neighbour } from './neighbour';
import { Row } from './Row';

type Props = { filter: ListFilter; selected: string | undefined; viewsFolded: boolean };

/** The conversations of a view. Only the rows on the screen are in the page; more come while scrolling. */
export function ConversationList({ filter, selected, viewsFolded }: Props) {
  const list = useInfiniteQuery(listQuery(filter));
  const rows = list.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <section className={styles.list} aria-label="Conversations" aria-busy={list.isPending || undefined}>
      <ListHeader filter={filter} viewsFolded={viewsFolded} />
      {list.isPending && <Bones />}
      {list.isError && rows.length === 0 && (
        <Failed what="The list could not be read" error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.isSuccess && rows.length === 0 && <Nothing filter={filter} />}
      {rows.length > 0 && (
        <Rows
          rows={rows}
          filter={filter}
          selected={selected}
          onEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
        />
      )}
    </section>
  );
}

type RowsProps = {
  rows: Conversation[];
  filter: ListFilter;
  selected: string | undefined;
  onEnd: () => void;
};

const heights = { comfortable: 64, compact: 44 };

function Rows({ rows, filter, selected, onEnd }: RowsProps) {
  const [density] = usePreference('density');
  useSeen();
  const me = useQuery(meQuery).data?.id;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => heights[density],
    overscan: 8,
    getItemKey: (i) => rows[i]!.id,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew when the density changes
  useEffect(() => virtual.measure(), [density]);
  const index = rows.findIndex((r) => r.id === selected);
  useEffect(() => {
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
  }, [index, virtual]);
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - 8) onEnd();
  }, [last, rows.length, onEnd]);
  const open = useOpen(filter, rows, selected, scroller);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows have the focus, this hears their arrow keys
    <div ref={scroller} className={styles.rows} onKeyDown={open.onKey}>
      {/* biome-ignore lint/a11y/useSemanticElements: rows lie freely on a canvas, a ul would be empty of items in between */}
      <div role="list" className={styles.canvas} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index: i, start, key }) => (
          // biome-ignore lint/a11y/useSemanticElements: see above
          <div
            key={key}
            role="listitem"
            aria-setsize={rows.length}
            aria-posinset={i + 1}
            className={styles.item}
            style={{ transform: `translateY(${start}px)` }}
          >
            <Row
              conversation={rows[i]!}
              view={filter.view}
              selected={i === index}
              unread={isUnread(rows[i]!, me)}
              tabStop={i === Math.max(0, index)}
              compact={density === 'compact'}
            />
          </div>
        ))}
      </div>
    </div>
  );
}

/** Opens the neighbours of the selected row: j and k from anywhere, the arrows from within the list. */
function useOpen(
  filter: ListFilter,
  rows: Conversation[],
  selected: string | undefined,
  scroller: React.RefObject<HTMLDivElement | null>,
) {
  const navigate = useNavigate();
  const { view } = filter;
  const go = useCallback(
    async (step: 1 | -1, focus: boolean) => {
      const ids = rows.map((r) => r.id);
      const to = neighbour(ids, selected, step);
      if (!to) return;
      await navigate({
        to: '/inbox/$view/$conversation',
        params: { view, conversation: to },
        search: (s) => s,
        replace: Boolean(selected),
      });
      if (focus) {
        requestAnimationFrame(() =>
          scroller.current?.querySelector<HTMLElement>(`[data-row="${to}"]`)?.focus(),
        );
      }
    },
    [rows, selected, navigate, view, scroller],
  );
  useShortcuts({ next: () => void go(1, false), previous: () => void go(-1, false) });
  const onKey = (e: KeyboardEvent) => {
    if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
    e.preventDefault();
    void go(e.key === 'ArrowDown' ? 1 : -1, true);
  };
  return { onKey };
}

function Bones() {
  return (
    <div className={styles.bones} aria-hidden="true">
      {Array.from({ length: 8 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={i} className={styles.bone}>
          <Bone width={32} height={32} />
          <span>
            <Bone width={`${40 + ((i * 17) % 30)}%`} />
            <Bone width={`${60 + ((i * 23) % 35)}%`} />
          </span>
        </div>
      ))}
    </div>
  );
}

const nothing: Record<ListFilter['view'], { title: string; next: string }> = {
  mine: { title: 'Nothing waits on you', next: 'New conversations come to you while you are online.' },
  queue: { title: 'The queue is empty', next: 'Everything has found its person.' },
  all: { title: 'Nothing is open', next: 'New messages appear here at once.' },
  waiting: { title: 'No customer has to answer', next: 'Conversations come here after a reply.' },
  resolved: { title: 'Nothing is resolved yet', next: 'Press e in a conversation to resolve it.' },
};

function Nothing({ filter }: { filter: ListFilter }) {
  if (filter.q) {
    return (
      <Empty title={`Nothing found for “${filter.q}”`}>
        Search looks into names, addresses and texts. Try fewer words.
      </Empty>
    );
  }
  const { title, next } = nothing[filter.view];
  return <Empty title={title}>{next}</Empty>;
}
