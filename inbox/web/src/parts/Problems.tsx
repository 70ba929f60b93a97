import styles from './Problems.module.css';

/** Line 0 concerns the whole document. */
export type ProblemLine = { line: number; message: string };

/** What is wrong with a document; a problem with a line leads to it. */
export function Problems({
  problems,
  onShow,
}: {
  problems: readonly ProblemLine[];
  onShow: (line: number) => void;
}) {
  if (problems.length === 0) return null;
  return (
    <ul className={styles.problems} aria-label="Problems">
      {problems.map((p) => (
        <li key={`${p.line} ${p.message}`}>
          {p.line > 0 && (
            <button type="button" className={`${styles.line} tabular`} onClick={() => onShow(p.line)}>
              Line {p.line}
            </button>
          )}
          <span>{p.message}</span>
        </li>
      ))}
    </ul>
  );
}
