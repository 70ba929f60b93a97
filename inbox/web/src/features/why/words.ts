// A decision in words: what each step of "Why here?" says on its line.
import type { Conversation, Decision, Intent, Prediction, SimilarCase } from '@/api/shapes';
import { intentName, languageName, percent } from '@/parts/words';

type Guard = NonNullable<Decision['guards']>[number];

const guardNames: Record<string, string> = {
  helped: 'Earlier answer',
  model: 'Model',
  language: 'Language',
  scope: 'Scope',
  answer: 'Standard answer',
  confidence: 'Confidence',
  urgency: 'Urgency',
  mood: 'Mood',
  person: 'Wants a person',
  contact: 'Contact',
  repeat: 'Repeat contact',
  same_answer: 'Said before',
  in_a_row: 'Answers in a row',
  ownership: 'People involved',
  evidence: 'Similar cases',
  one_request: 'One request',
  second_opinion: 'Second opinion',
};

/** What a guard looks at. */
export const guardName = (name: string): string => guardNames[name] ?? sentence(name.replaceAll('_', ' '));

/** Words as a sentence begins; numbers keep their unit. */
export const sentence = (words: string): string =>
  words.charAt(0).toUpperCase() + words.slice(1).replaceAll(/(\d) %/g, '$1\u202f%');

/** `a, b and c`. */
export function listWords(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const signalWords: [keyof Prediction['signals'], string][] = [
  ['harm', 'someone may be in danger'],
  ['threat', 'speaks of legal or similar steps'],
  ['angry', 'sounds angry'],
  ['repeat', 'says that they wrote before'],
  ['wants_person', 'asks for a person'],
  ['deadline', 'in a hurry'],
  ['several', 'several requests at once'],
];

/** What the wording gives away, most pressing first. */
export const signalsOf = (p: Prediction): string[] =>
  signalWords.filter(([name]) => p.signals[name]).map(([, words]) => words);

const entityKinds: Record<string, string> = {
  order_number: 'Order number',
  invoice_number: 'Invoice number',
  tracking_number: 'Tracking number',
  email: 'E-mail',
  phone: 'Phone',
  amount: 'Amount',
  date: 'Date',
};
export const entityKind = (kind: string): string => entityKinds[kind] ?? sentence(kind.replaceAll('_', ' '));

/** The language that a message was taken to be in, and why where its text does not say it. */
export function languageLine(d: Pick<Decision, 'language' | 'prediction'>): string {
  const name = languageName(d.language);
  if (d.language !== 'und' && d.language !== d.prediction.language)
    return `${name}, as in the messages before`;
  return d.prediction.foreign ? `${name}, no examples in it` : name;
}

/** How a past case ended, and by whom. */
export function outcomeWords(c: Pick<SimilarCase, 'handled' | 'outcome' | 'agent'>): string {
  const who = c.agent || 'a person';
  const automatic = c.handled === 'automatic';
  switch (c.outcome) {
    case 'agent':
      return automatic ? `Answered automatically, then resolved by ${who}` : `Resolved by ${who}`;
    case 'contact':
      return automatic
        ? 'Answered automatically, and it helped'
        : `Answered by ${who}, customer was satisfied`;
    case 'silence':
      return automatic
        ? 'Answered automatically, no more questions'
        : `Answered by ${who}, no more questions`;
    default:
      return automatic ? 'Answered automatically' : `Answered by ${who}`;
  }
}

/** True when a case was answered automatically and nobody had to step in: what the evidence guard counts. */
export const endedWell = (c: Pick<SimilarCase, 'handled' | 'outcome'>): boolean =>
  c.handled === 'automatic' && c.outcome !== 'agent';

const countWords = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n || 'no'} ${many}`);

const nth = [
  '',
  'First',
  'Second',
  'Third',
  'Fourth',
  'Fifth',
  'Sixth',
  'Seventh',
  'Eighth',
  'Ninth',
  'Tenth',
];

/** `Third contact about this` for two earlier ones. */
export const contactCount = (repeats: number): string =>
  `${nth[repeats + 1] ?? `${repeats + 1}th`} contact about this`;

export function understoodLine(d: Decision, catalogue: readonly Intent[] | undefined): string {
  const top = d.prediction.ranked?.[0];
  if (!top) return 'The model gave no answer';
  if (d.intent === 'oos' || top.intent === 'oos')
    return `No known request fits, ${percent(d.prediction.oos)} sure`;
  return `${sentence(intentName(top.intent, catalogue))}, ${percent(top.confidence)} sure`;
}

export function rememberedLine(d: Decision): string {
  const { similar, repeats = 0, degraded } = d.evidence;
  if (degraded) return 'The past could not be asked';
  const cases = sentence(countWords(similar?.length ?? 0, 'similar case', 'similar cases'));
  return repeats > 0 ? `${contactCount(repeats)}, ${cases.toLowerCase()}` : cases;
}

export const stoppedBy = (d: Decision): Guard[] => (d.guards ?? []).filter((g) => !g.passed);

export function checkedLine(d: Decision): string {
  const all = d.guards?.length ?? 0;
  const stopped = stoppedBy(d);
  if (all === 0) return 'Nothing to check';
  if (stopped.length === 0) return all === 1 ? 'One check, passed' : `All ${all} checks passed`;
  const names = stopped.map((g) => guardName(g.name).toLowerCase());
  const shown = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} more`] : names;
  return `Stopped by ${listWords(shown)}`;
}

export type TeamNames = (slug: string) => string;

export function decidedLine(d: Decision, teamName: TeamNames): string {
  if (d.route === 'resolve') return 'Resolved: the customer says that it helped';
  if (d.route === 'reply') {
    if (d.state === 'withheld') return 'Automatic answer withheld, people take it';
    return d.state === 'pending' ? 'Automatic answer is on its way' : 'Answered automatically';
  }
  return `People of ${teamName(d.team ?? '')}, ${d.priority === 'urgent' ? 'urgent' : `${d.priority} priority`}`;
}

const causes: Record<string, string> = {
  dispatched: 'given by the dispatcher',
  taken: 'took it',
  handed_over: 'by hand-over',
};
export const causeWords = (cause: string): string => causes[cause] ?? cause;

/** Who has it, to the agent whose id is `me`. */
export function assignedLine(
  d: Decision,
  c: Conversation,
  teamName: TeamNames,
  me: string | undefined,
): string {
  if (d.assignment)
    return `${d.assignment.agent.id === me ? 'You' : d.assignment.agent.name}, ${causeWords(d.assignment.cause)}`;
  if (d.route === 'resolve') return 'Nobody: it is done';
  if (d.route === 'reply' && d.state !== 'withheld') return 'Nobody: no person was needed';
  if (c.status === 'resolved') return 'Nobody: it was resolved before';
  if (c.agent) return `Stays with ${c.agent.id === me ? 'you' : c.agent.name}`;
  const team = c.team || d.team;
  return team ? `Waits in the queue of ${teamName(team)}` : 'Waits for a team';
}

export type Considered = { agent_id: string; agent: string; chosen: boolean; why: string };

/** The agents that an assignment's trace names; none when it tells nothing, as after taking by hand. */
export function consideredOf(trace: unknown): Considered[] {
  const list = (trace as { considered?: unknown } | null)?.considered;
  if (!Array.isArray(list)) return [];
  return list.filter(
    (c): c is Considered =>
      typeof c === 'object' && c !== null && typeof c.agent === 'string' && typeof c.why === 'string',
  );
}

export type Piece = { text: string; weight: number };

/** Cuts a text into pieces, with the weight of the words that mattered; the others weigh 0. Words are found whole, whatever their case. */
export function markWords(text: string, words: readonly Piece[]): Piece[] {
  const weights = new Map(words.map((w) => [w.text.toLowerCase(), w.weight]));
  const found = [...weights.keys()].filter(Boolean).sort((a, b) => b.length - a.length);
  if (found.length === 0) return [{ text, weight: 0 }];
  const pattern = found.map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s+'));
  const cut = new RegExp(`(?<![\\p{L}\\p{N}])(${pattern.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
  const pieces = text.split(cut).filter((t) => t !== '');
  return pieces.map((t) => ({ text: t, weight: weights.get(t.toLowerCase().replace(/\s+/g, ' ')) ?? 0 }));
}
