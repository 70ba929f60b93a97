import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { policiesQuery } from '@/api/queries';
import type { PolicyVersion } from '@/api/shapes';
import { Age } from '@/parts/Age';
import { Chip } from '@/parts/Chip';
import { Bone, Empty, Failed } from '@/parts/states';
import styles from './Thresholds.module.css';

const states = { live: 'live', draft: 'draft', retired: 'earlier' } as const;

/** Every policy that was ever live. Going back is opening one and publishing it again. */
export function VersionsTab({ onOpen }: { onOpen: (yaml: string) => void }) {
  const versions = useQuery(policiesQuery);
  if (versions.isPending) return <Bone height={320} />;
  if (versions.isError) {
    return (
      <Failed
        what="The versions cannot be shown"
        error={versions.error}
        onRetry={() => void versions.refetch()}
      />
    );
  }
  if (versions.data.length === 0) {
    return (
      <Empty title="No policy was published yet">Usher puts its default in force at its first start.</Empty>
    );
  }
  return (
    <>
      <p className={styles.hint}>
        A version never changes, and every decision names the one it was made by. To go back, open an earlier
        one and publish it.
      </p>
      <ol className={styles.versions}>
        {versions.data.map((v) => (
          <VersionLine key={v.version} v={v} onOpen={onOpen} />
        ))}
      </ol>
    </>
  );
}

function VersionLine({ v, onOpen }: { v: PolicyVersion; onOpen: (yaml: string) => void }) {
  return (
    <li className={styles.versionLine}>
      <span className={`${styles.versionNumber} tabular`}>v{v.version}</span>
      <Chip tone={v.state === 'live' ? 'ok' : 'plain'}>{states[v.state]}</Chip>
      <span className={styles.versionNote}>
        {v.note || <span className={styles.hint}>No note</span>}
        <span className={styles.hint}>
          {v.author}, <Age at={v.published_at ?? v.created_at} />,{' '}
          <code title={v.hash}>{v.hash.slice(0, 8)}</code>
        </span>
      </span>
      <Button onClick={() => onOpen(v.yaml)}>Open</Button>
    </li>
  );
}
