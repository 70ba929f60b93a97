import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { meQuery, policiesQuery, thresholdsQuery } from '@/api/queries';
import { Page } from '@/parts/Page';
import { Bone, Failed } from '@/parts/states';
import { useUnsaved } from '@/parts/unsaved';
import type { Draft } from './figures';
import { Overview } from './Overview';
import { type PolicyDraft, PolicyTab } from './PolicyTab';
import styles from './Thresholds.module.css';
import { VersionsTab } from './VersionsTab';

/** When Usher may answer alone: how each intent fared, its threshold, and the policy behind it. */
export function ThresholdsPage() {
  const [tab, setTab] = useState<string | null>('thresholds');
  const [draft = {}, setDraft] = useUnsaved<Draft>('thresholds');
  const [policy, setPolicy] = useUnsaved<PolicyDraft>('policy');
  const ops = useQuery(meQuery).data?.role === 'ops';
  const live = useQuery(policiesQuery).data?.find((v) => v.state === 'live');
  return (
    <Page
      title="Thresholds"
      actions={live && <span className={`${styles.version} tabular`}>Policy v{live.version} is live</span>}
    >
      {!ops && (
        <p className={styles.permission} role="note">
          You may look and check. People with the ops role can change and publish.
        </p>
      )}
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List className={styles.tabs}>
          <Tabs.Tab value="thresholds">Thresholds</Tabs.Tab>
          <Tabs.Tab value="policy">Policy</Tabs.Tab>
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="thresholds">
          <Thresholds
            ops={ops}
            draft={draft}
            onDraft={(d) => setDraft(Object.keys(d).length > 0 ? d : undefined)}
          />
        </Tabs.Panel>
        <Tabs.Panel value="policy">
          <PolicyTab ops={ops} draft={policy} onDraft={setPolicy} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionsTab
            onOpen={(yaml) => {
              setPolicy({ yaml, begun: live?.version ?? 0 });
              setTab('policy');
            }}
          />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Thresholds({ ops, draft, onDraft }: { ops: boolean; draft: Draft; onDraft: (d: Draft) => void }) {
  const thresholds = useQuery(thresholdsQuery);
  if (thresholds.isPending) {
    return (
      <div className={styles.loading} role="status" aria-label="Loading">
        <Bone height={72} />
        <Bone height={420} />
      </div>
    );
  }
  if (thresholds.isError) {
    return (
      <Failed
        what="The thresholds cannot be shown"
        error={thresholds.error}
        onRetry={() => void thresholds.refetch()}
      />
    );
  }
  return <Overview data={thresholds.data} ops={ops} draft={draft} onDraft={onDraft} />;
}
