import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { thresholdsQuery } from '@/api/queries';
import type { Template } from '@/api/shapes';
import { useUnsavedNames } from '@/parts/unsaved';
import { unsavedTemplate } from './TemplateEditor';
import styles from './Templates.module.css';
import { languagesOf } from './templates';

type Props = { all: readonly Template[]; selected: string | undefined; onOpen: (name: string) => void };

/** All standard answers by title; those that Usher sends by itself say so. */
export function TemplateList({ all, selected, onOpen }: Props) {
  const [search, setSearch] = useState('');
  const rows = useQuery(thresholdsQuery).data?.items ?? [];
  const automatic = new Set(rows.filter((r) => r.route === 'reply').map((r) => r.template));
  const unsaved = useUnsavedNames();
  const wanted = search.trim().toLowerCase();
  const shown = all
    .filter((t) =>
      `${t.title} ${t.name} ${t.body} ${Object.values(t.texts).join(' ')}`.toLowerCase().includes(wanted),
    )
    .sort((a, b) => a.title.localeCompare(b.title));
  return (
    <nav className={styles.list} aria-label="Standard answers">
      <input
        type="search"
        className={styles.search}
        aria-label="Search standard answers"
        placeholder="Search"
        value={search}
        onChange={(e) => setSearch(e.currentTarget.value)}
      />
      <ul>
        {shown.map((t) => (
          <li key={t.name}>
            <button
              type="button"
              className={styles.item}
              aria-current={t.name === selected || undefined}
              onClick={() => onOpen(t.name)}
            >
              <span className={styles.title}>{t.title}</span>
              <span className={styles.hint}>
                {automatic.has(t.name) ? 'sent automatically' : 'inserted by agents'}
                {Object.keys(t.texts).length > 0 && `, in ${languagesOf(t).join(', ')}`}
                {unsaved.includes(unsavedTemplate(t.name)) && (
                  <span className={styles.unsaved}>, not saved</span>
                )}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className={styles.hint}>No answer holds “{search}”.</p>}
    </nav>
  );
}
