import { useQuery } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { templateVariablesQuery } from '@/api/queries';
import { Bone, Failed } from '@/parts/states';
import styles from './Templates.module.css';

/** What a text may say, with search; a click puts it in. Without onInsert it can only be read. */
export function Variables({ onInsert }: { onInsert: ((variable: string) => void) | undefined }) {
  const [search, setSearch] = useState('');
  const variables = useQuery(templateVariablesQuery);
  const wanted = search.trim().toLowerCase();
  const shown = (variables.data ?? []).filter((v) =>
    `${v.name} ${v.description}`.toLowerCase().includes(wanted),
  );
  return (
    <details className={styles.variables}>
      <summary>
        <ChevronDown size={16} aria-hidden="true" />
        What a text may say
      </summary>
      <p className={styles.hint}>
        The text is Liquid: <code>{'{{ contact.first_name }}'}</code> says a value,{' '}
        <code>{'{% if order %}…{% else %}…{% endif %}'}</code> chooses. What is not known is left out; a name
        that does not exist is refused when you save. Filters: <code>default</code>, <code>date</code>,{' '}
        <code>money</code>, <code>replace</code>, <code>capitalize</code> and the like.
      </p>
      <input
        type="search"
        className={styles.search}
        aria-label="Search variables"
        placeholder="Search"
        value={search}
        onChange={(e) => setSearch(e.currentTarget.value)}
      />
      {variables.isPending && <Bone height={120} />}
      {variables.isError && (
        <Failed
          what="The variables cannot be shown"
          error={variables.error}
          onRetry={() => void variables.refetch()}
        />
      )}
      <ul className={styles.variableList}>
        {shown.map((v) => (
          <li key={v.name}>
            {onInsert ? (
              <button
                type="button"
                className={styles.variable}
                title="Insert"
                onClick={() => onInsert(v.name)}
              >
                <code>{v.name}</code>
              </button>
            ) : (
              <code className={styles.variable}>{v.name}</code>
            )}
            <span className={styles.hint}>
              {v.description}
              {v.list && ' (a list)'}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
