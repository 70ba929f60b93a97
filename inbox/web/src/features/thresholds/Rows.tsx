import { Link } from '@tanstack/react-router';
import type { ThresholdRow } from '@/api/shapes';
import { percent } from '@/parts/words';
import { rateWords, wilson } from './figures';
import styles from './Rows.module.css';
import { ThresholdField } from './ThresholdField';

type TeamName = (slug: string) => string;

type ReplyProps = {
  row: ThresholdRow;
  end: number;
  ops: boolean;
  draft: number | undefined;
  teamName: TeamName;
  onChange: (share: number) => void;
};

/** An intent that may be answered automatically. */
export function ReplyRow({ row, end, ops, draft, teamName, onChange }: ReplyProps) {
  return (
    <tr className={styles.row} data-changed={draft !== undefined || undefined}>
      <th scope="row" className={styles.intent}>
        <span className={styles.name}>
          {row.name}
          {draft !== undefined && <span className={styles.changed}>changed</span>}
        </span>
        <span className={styles.route}>
          <Link to="/templates">{row.template}</Link>, else {teamName(row.team)}
        </span>
      </th>
      <td className={`${styles.volume} tabular`} data-label="Messages">
        {row.volume.toLocaleString()}
      </td>
      <td data-label="Answered automatically">
        <Share part={row.automatic} of={row.volume} />
      </td>
      <td data-label="Wrong">
        <Wrong row={row} end={end} />
      </td>
      <td data-label="Answers alone from">
        <ThresholdField
          name={row.name}
          live={row.threshold}
          value={draft ?? row.threshold}
          ops={ops}
          onChange={onChange}
        />
      </td>
    </tr>
  );
}

/** An intent that people always take. */
export function PeopleRow({ row, teamName }: { row: ThresholdRow; teamName: TeamName }) {
  return (
    <tr className={styles.row}>
      <th scope="row" className={styles.intent}>
        <span className={styles.name}>{row.name}</span>
      </th>
      <td className={`${styles.volume} tabular`} data-label="Messages">
        {row.volume.toLocaleString()}
      </td>
      <td className={styles.team} data-label="Team">
        {teamName(row.team)}
      </td>
    </tr>
  );
}

function Share({ part, of }: { part: number; of: number }) {
  if (of === 0) return <span className={styles.none}>no messages</span>;
  return (
    <span className={styles.share} title={`${part} of ${of}`}>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.fill} style={{ width: `${(part / of) * 100}%` }} />
      </span>
      <span className="tabular">{percent(part / of)}</span>
    </span>
  );
}

/** How often an automatic answer was wrong, as a point with its interval on the common axis. */
function Wrong({ row, end }: { row: ThresholdRow; end: number }) {
  const i = wilson(row.wrong, row.wrong_known);
  if (!i) return <span className={styles.none}>{row.automatic > 0 ? 'nobody said yet' : 'none sent'}</span>;
  const at = (share: number) => `${Math.min(1, share / end) * 100}%`;
  return (
    <span className={styles.wrong} title={rateWords(row.wrong, row.wrong_known)}>
      <span className={styles.plot} aria-hidden="true">
        <span
          className={styles.interval}
          data-cut={i.high > end || undefined}
          style={{
            left: at(i.low),
            width: `${((Math.min(i.high, end) - Math.min(i.low, end)) / end) * 100}%`,
          }}
        />
        <span className={styles.point} style={{ left: at(row.wrong / row.wrong_known) }} />
      </span>
      <span className={`${styles.counts} tabular`}>
        {row.wrong} of {row.wrong_known} known
        <span className="unseen">, {rateWords(row.wrong, row.wrong_known)}</span>
      </span>
    </span>
  );
}
