import { Popover } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { ChevronDown, Rows2, Rows3, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ListFilter } from '@/api/queries';
import { usePreference } from '@/app/preferences';
import { useShortcuts } from '@/features/shortcuts/useShortcuts';
import { useViewTitle, ViewLinks } from '@/features/views/ViewsPane';
import { IconButton } from '@/parts/IconButton';
import styles from './ConversationList.module.css';

/** The view's name, or the search in its place; both take the same room. */
export function ListHeader({ filter, viewsFolded }: { filter: ListFilter; viewsFolded: boolean }) {
  const [searching, setSearching] = useState(Boolean(filter.q));
  const [density, setDensity] = usePreference('density');
  useShortcuts({ search: () => setSearching(true) });
  if (searching) return <SearchHeader filter={filter} onClose={() => setSearching(false)} />;
  const compact = density === 'compact';
  return (
    <header className={styles.header}>
      <div className={styles.title}>
        {viewsFolded ? <FoldedViews filter={filter} /> : <Title filter={filter} />}
      </div>
      <IconButton
        icon={compact ? Rows3 : Rows2}
        label={compact ? 'Larger rows' : 'Smaller rows'}
        onClick={() => setDensity(compact ? 'comfortable' : 'compact')}
      />
      <IconButton icon={Search} label="Search" shortcut="/" onClick={() => setSearching(true)} />
    </header>
  );
}

function Title({ filter }: { filter: ListFilter }) {
  return <h2>{useViewTitle(filter)}</h2>;
}

function FoldedViews({ filter }: { filter: ListFilter }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" width={240} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles.fold} onClick={() => setOpen(!open)}>
          <Title filter={filter} />
          <ChevronDown size={16} aria-hidden="true" />
          <span className="unseen">Choose a view</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p="var(--s2) 0">
        <ViewLinks filter={filter} onPick={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** How long to wait after the last letter before asking. */
const pause = 200;

function SearchHeader({ filter, onClose }: { filter: ListFilter; onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState(filter.q ?? '');
  const input = useRef<HTMLInputElement>(null);
  const { team, q } = filter;
  useEffect(() => {
    input.current?.focus();
  }, []);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === (q ?? '')) return;
    const timer = setTimeout(() => {
      void navigate({
        to: '.',
        search: { ...(team && { team }), ...(wanted && { q: wanted }) },
        replace: true,
      });
    }, pause);
    return () => clearTimeout(timer);
  }, [text, q, team, navigate]);
  const close = () => {
    void navigate({ to: '.', search: team ? { team } : {}, replace: true });
    onClose();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: the search element is not known to all browsers yet
    <div className={styles.header} role="search">
      <input
        ref={input}
        type="search"
        className={styles.search}
        aria-label="Search conversations"
        placeholder="Names, addresses, words"
        value={text}
        maxLength={200}
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => e.key === 'Escape' && close()}
      />
      <IconButton icon={X} label="End the search" shortcut="Esc" onClick={close} />
    </div>
  );
}
