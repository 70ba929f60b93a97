import { useQuery } from '@tanstack/react-query';
import { agentsQuery, meQuery, teamsQuery } from '@/api/queries';
import type { Colleague, Team } from '@/api/shapes';
import { useLost } from '@/live/useLive';
import { Avatar } from '@/parts/Avatar';
import { Page } from '@/parts/Page';
import { Bone, Empty, Failed } from '@/parts/states';
import styles from './People.module.css';
import { useShownPresence } from './presence';

/** Who works here, whether they take work, and how much they have in hand. */
export function PeoplePage() {
  const agents = useQuery({ ...agentsQuery, refetchInterval: 15_000 });
  const teams = useQuery(teamsQuery);
  return (
    <Page title="People">
      {agents.isPending && <Loading />}
      {agents.isError && (
        <Failed what="People cannot be shown" error={agents.error} onRetry={() => void agents.refetch()} />
      )}
      {agents.data?.length === 0 && (
        <Empty title="Nobody works here yet">
          Whoever runs Usher adds people with <code>usher agent add</code>.
        </Empty>
      )}
      {agents.data && agents.data.length > 0 && <Teams agents={agents.data} teams={teams.data ?? []} />}
    </Page>
  );
}

const order = { online: 0, away: 1, offline: 2 };

const byReadiness = (a: Colleague, b: Colleague) =>
  order[a.presence] - order[b.presence] || a.name.localeCompare(b.name);

function Teams({ agents, teams }: { agents: Colleague[]; teams: Team[] }) {
  const known = new Set(teams.map((t) => t.slug));
  const without = agents.filter((a) => !a.teams.some((t) => known.has(t)));
  return (
    <div className={styles.people}>
      {teams.map((t) => (
        <TeamPart key={t.slug} name={t.name} members={agents.filter((a) => a.teams.includes(t.slug))} />
      ))}
      {without.length > 0 && <TeamPart name="In no team" members={without} />}
      <p className={styles.hint}>
        People, teams, skills and capacity are changed by whoever runs Usher, with <code>usher agent</code>.
      </p>
    </div>
  );
}

function TeamPart({ name, members }: { name: string; members: Colleague[] }) {
  const online = members.filter((a) => a.presence === 'online');
  const lost = useLost();
  const room = online.reduce((sum, a) => sum + Math.max(0, a.capacity - a.load), 0);
  return (
    <section className={styles.team} aria-label={name}>
      <header className={styles.teamHead}>
        <h2>{name}</h2>
        <span className={`${styles.hint} tabular`}>
          {lost
            ? 'who is online is not known'
            : `${online.length} of ${members.length} online, room for ${room} more`}
        </span>
      </header>
      {members.length === 0 ? (
        <p className={styles.hint}>Nobody yet: what goes to this team waits.</p>
      ) : (
        <ul className={styles.list}>
          {[...members].sort(byReadiness).map((a) => (
            <Person key={a.id} agent={a} />
          ))}
        </ul>
      )}
    </section>
  );
}

const presenceWords = { online: 'Online', away: 'Away', offline: 'Offline', unknown: 'Not known' };

function Person({ agent: a }: { agent: Colleague }) {
  const me = useQuery(meQuery).data;
  const presence = useShownPresence()(a.presence);
  return (
    <li className={styles.person}>
      <Avatar name={a.name} size={32} presence={presence} />
      <span className={styles.name}>
        {a.name}
        {a.id === me?.id && <span className={styles.hint}> (you)</span>}
      </span>
      <span className={styles.presence} data-presence={presence}>
        {presenceWords[presence]}
      </span>
      <Load load={a.load} capacity={a.capacity} />
    </li>
  );
}

/** What somebody has in hand, as one piece per conversation of their capacity; what is beyond it is drawn too. */
function Load({ load, capacity }: { load: number; capacity: number }) {
  const pieces = Math.max(load, capacity);
  const state = load > capacity ? 'over' : load === capacity ? 'full' : 'room';
  return (
    <span className={styles.load} data-state={state}>
      <span className={styles.pieces} aria-hidden="true">
        {Array.from({ length: Math.min(pieces, 24) }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces are alike
          <span key={i} className={styles.piece} data-used={i < load} data-over={i >= capacity} />
        ))}
      </span>
      <span className={`${styles.numbers} tabular`}>
        {load} of {capacity}
        {state === 'full' && ', full'}
        {state === 'over' && ', over'}
      </span>
    </span>
  );
}

function Loading() {
  return (
    <div className={styles.people} role="status" aria-label="Loading">
      {[4, 3].map((rows) => (
        <div key={rows} className={styles.team}>
          <Bone width={160} height={16} />
          <Bone height={rows * 48} />
        </div>
      ))}
    </div>
  );
}
