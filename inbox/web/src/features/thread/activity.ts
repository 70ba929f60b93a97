import type { Payload, Team } from '@/api/shapes';
import { sentence } from '@/parts/words';

const resolvedBy: Record<string, string> = {
  contact: 'Resolved: the customer said that it helped',
  silence: 'Resolved: nobody answered any more',
  automatic: 'Resolved automatically',
};

/** What happened, in words, to the one who is called `me`: entries name people and do not say who they are. */
export function activityText(p: Payload, teams: readonly Team[] | undefined, me: string | undefined): string {
  const person = (name: string) => (name === me ? 'you' : name);
  const who = sentence(person(p.by ?? 'Usher'));
  const team = teams?.find((t) => t.slug === p.team)?.name ?? p.team ?? 'the team';
  const why = p.reason ? `: ${p.reason}` : '';
  switch (p.what) {
    case 'queued':
      return `Put into the queue of ${team}${why}`;
    case 'dispatched':
      return `Given to ${person(p.agent ?? 'an agent')}${why}`;
    case 'taken':
      return p.from ? `${who} took it over from ${person(p.from)}` : `${who} took it`;
    case 'handed_over':
      return `${who} handed it over to ${p.agent ? person(p.agent) : `the queue of ${team}`}`;
    case 'released':
      return `Back in the queue of ${team}${why}`;
    case 'resolved':
      if (p.by) return `${who} resolved it`;
      return resolvedBy[p.reason ?? ''] ?? 'Resolved';
    case 'reopened':
      return p.by ? `${who} reopened it` : `Reopened${why}`;
    case 'priority_changed':
      return `${who} changed the priority${p.from ? ` from ${p.from}` : ''} to ${p.to ?? '?'}`;
    case 'corrected':
      if (p.from && p.from === p.to) return `${who} confirmed ${p.to.replaceAll('_', ' ')}${why}`;
      return `${who} corrected ${p.from && p.to ? `${p.from} to ${p.to}` : 'the decision'}${why}`.replaceAll(
        '_',
        ' ',
      );
    case 'wrong_answer':
      return `${who} noted the automatic answer as wrong${why}`;
    case 'withheld':
      return `An automatic answer was held back${why}`;
    default:
      return 'Something changed';
  }
}
