import { useQuery } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { teamsQuery } from '@/api/queries';
import type { ThresholdRow } from '@/api/shapes';
import { Empty } from '@/parts/states';
import { percent } from '@/parts/words';
import { axisEnd, type Draft, rateWords, type Sort, sortRows, totals, withThreshold } from './figures';
import { PublishBar } from './PublishBar';
import { PeopleRow, ReplyRow } from './Rows';
import styles from './Thresholds.module.css';

type Props = {
  data: { days: number; version: number; items: ThresholdRow[] };
  ops: boolean;
  draft: Draft;
  onDraft: (d: Draft) => void;
};

/** The table of intents: first those that may be answered automatically, then those that never are. */
export function Overview({ data, ops, draft, onDraft }: Props) {
  const [sort, setSort] = useState<Sort>('volume');
  const teams = useQuery(teamsQuery).data;
  const teamName = (slug: string) => teams?.find((t) => t.slug === slug)?.name ?? slug;
  if (data.items.length === 0) {
    return (
      <Empty title="The catalogue has no intents">
        Usher fills it at its first start; look at usher doctor.
      </Empty>
    );
  }
  const rows = sortRows(data.items, sort);
  const replies = rows.filter((r) => r.route === 'reply');
  const end = axisEnd(replies);
  return (
    <>
      <Summary data={data} />
      <h2 className={styles.question}>How sure must Usher be to answer alone, and how often was it wrong?</h2>
      <table className={styles.table}>
        <Head days={data.days} end={end} sort={sort} onSort={setSort} />
        <tbody>
          {replies.map((r) => (
            <ReplyRow
              key={r.intent}
              row={r}
              end={end}
              ops={ops}
              draft={draft[r.intent]}
              teamName={teamName}
              onChange={(share) => onDraft(withThreshold(draft, r, share))}
            />
          ))}
        </tbody>
      </table>
      <PeopleTable rows={rows.filter((r) => r.route !== 'reply')} days={data.days} teamName={teamName} />
      {ops && <PublishBar rows={data.items} draft={draft} onDraft={onDraft} />}
    </>
  );
}

function Summary({ data }: { data: Props['data'] }) {
  const t = totals(data.items);
  return (
    <dl className={styles.summary}>
      <Figure name={`Messages decided in ${data.days} days`} value={t.volume.toLocaleString()} />
      <Figure
        name="Answered automatically"
        value={t.volume > 0 ? percent(t.automatic / t.volume) : 'none yet'}
        hint={`${t.automatic.toLocaleString()} of ${t.volume.toLocaleString()}`}
      />
      <Figure
        name="Of these wrong, where it is known"
        value={rateWords(t.wrong, t.known)}
        hint={`${t.wrong} of ${t.known} that a customer or an agent said something about`}
      />
    </dl>
  );
}

function Figure({ name, value, hint }: { name: string; value: string; hint?: string }) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd className="tabular">{value}</dd>
      {hint && <dd className={`${styles.hint} tabular`}>{hint}</dd>}
    </div>
  );
}

type HeadProps = { days: number; end: number; sort: Sort; onSort: (s: Sort) => void };

function Head({ days, end, sort, onSort }: HeadProps) {
  const column = (by: Sort, label: string) => (
    <th
      scope="col"
      aria-sort={sort === by ? (by === 'name' ? 'ascending' : 'descending') : undefined}
      data-column={by}
    >
      <button type="button" className={styles.sort} onClick={() => onSort(by)}>
        {label}
        {sort === by && <ChevronDown size={13} data-up={by === 'name' || undefined} aria-hidden="true" />}
      </button>
    </th>
  );
  return (
    <thead>
      <tr>
        {column('name', 'Intent')}
        {column('volume', `Messages, ${days} days`)}
        {column('automatic', 'Answered automatically')}
        <th scope="col" aria-sort={sort === 'wrong' ? 'descending' : undefined} data-column="wrong">
          <button type="button" className={styles.sort} onClick={() => onSort('wrong')}>
            Wrong, with 95{'\u202f'}% interval
            {sort === 'wrong' && <ChevronDown size={13} aria-hidden="true" />}
          </button>
          <span className={`${styles.axis} tabular`} aria-hidden="true">
            <span>0</span>
            <span>{percent(end)}</span>
          </span>
        </th>
        <th scope="col">Answers alone from</th>
      </tr>
    </thead>
  );
}

type PeopleProps = { rows: ThresholdRow[]; days: number; teamName: (slug: string) => string };

function PeopleTable({ rows, days, teamName }: PeopleProps) {
  if (rows.length === 0) return null;
  const volume = rows.reduce((sum, r) => sum + r.volume, 0);
  return (
    <details className={styles.people}>
      <summary>
        <ChevronDown size={16} aria-hidden="true" />
        {rows.length === 1 ? 'One intent always goes' : `${rows.length} intents always go`} to people
        <span className={`${styles.hint} tabular`}>
          {volume.toLocaleString()} messages in {days} days
        </span>
      </summary>
      <table className={styles.table}>
        <thead className="unseen">
          <tr>
            <th scope="col">Intent</th>
            <th scope="col">Messages</th>
            <th scope="col">Team</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <PeopleRow key={r.intent} row={r} teamName={teamName} />
          ))}
        </tbody>
      </table>
    </details>
  );
}
