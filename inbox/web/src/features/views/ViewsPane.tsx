import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CheckCheck, Hourglass, Inbox, type LucideIcon, UserRound, UsersRound } from 'lucide-react';
import { type ListFilter, viewsQuery } from '@/api/queries';
import type { View, Views } from '@/api/shapes';
import styles from './ViewsPane.module.css';

const views: { view: View; name: string; icon: LucideIcon }[] = [
  { view: 'mine', name: 'Mine', icon: UserRound },
  { view: 'queue', name: 'Queue', icon: UsersRound },
  { view: 'all', name: 'All open', icon: Inbox },
  { view: 'waiting', name: 'Waiting on customer', icon: Hourglass },
  { view: 'resolved', name: 'Resolved', icon: CheckCheck },
];

/** What a view is called. */
export function useViewTitle({ view, team }: ListFilter): string {
  const data = useQuery(viewsQuery).data;
  if (team) return data?.teams.find((t) => t.slug === team)?.name ?? team;
  return views.find((v) => v.view === view)?.name ?? '';
}

export function ViewsPane({ filter }: { filter: ListFilter }) {
  return (
    <>
      <header className={styles.header}>
        <h1>Inbox</h1>
      </header>
      <ViewLinks filter={filter} />
    </>
  );
}

/** The views with how many conversations each has now. */
export function ViewLinks({ filter, onPick }: { filter: ListFilter; onPick?: () => void }) {
  const counts = useQuery(viewsQuery).data;
  return (
    <nav className={styles.views} aria-label="Views">
      {views.map(({ view, name, icon: Icon }) => (
        <div key={view}>
          <Link
            className={styles.view}
            to="/inbox/$view"
            params={{ view }}
            search={{}}
            activeOptions={{ exact: true }}
            aria-current={filter.view === view && !filter.team ? 'page' : undefined}
            {...(onPick && { onClick: onPick })}
          >
            <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
            <span className={styles.name}>{name}</span>
            <Count n={counts?.[view]} />
          </Link>
          {view === 'queue' && <Teams filter={filter} teams={counts?.teams} onPick={onPick} />}
        </div>
      ))}
    </nav>
  );
}

type TeamsProps = {
  filter: ListFilter;
  teams: Views['teams'] | undefined;
  onPick: (() => void) | undefined;
};

/** With one team its queue is the queue; with more, each has its own line. */
function Teams({ filter, teams, onPick }: TeamsProps) {
  if (!teams || teams.length < 2) return null;
  return teams.map((t) => (
    <Link
      key={t.slug}
      className={`${styles.view} ${styles.team}`}
      to="/inbox/$view"
      params={{ view: 'queue' }}
      search={{ team: t.slug }}
      activeOptions={{ exact: true }}
      aria-current={filter.view === 'queue' && filter.team === t.slug ? 'page' : undefined}
      {...(onPick && { onClick: onPick })}
    >
      <span className={styles.name}>{t.name}</span>
      <Count n={t.queued} />
    </Link>
  ));
}

function Count({ n }: { n: number | undefined }) {
  return <span className={`${styles.count} tabular`}>{n === undefined ? '' : n}</span>;
}
