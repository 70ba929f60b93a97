// The keys. Single letters, as mail programs have them; off while typing, and switched off altogether on demand
// (WCAG 2.1.4). Letters are matched by what they write, so every keyboard layout has them in its own place.
export const shortcuts = [
  { id: 'next', keys: ['j'], label: 'Next conversation', group: 'List' },
  { id: 'previous', keys: ['k'], label: 'Previous conversation', group: 'List' },
  { id: 'search', keys: ['/'], label: 'Search', group: 'List' },
  { id: 'reply', keys: ['r'], label: 'Write a reply', group: 'Conversation' },
  { id: 'note', keys: ['n'], label: 'Write a note', group: 'Conversation' },
  { id: 'template', keys: ['#'], label: 'Insert a standard answer', group: 'Conversation' },
  { id: 'draft', keys: ['d'], label: 'Have a reply drafted', group: 'Conversation' },
  { id: 'take', keys: ['a'], label: 'Assign to me', group: 'Conversation' },
  { id: 'handOver', keys: ['h'], label: 'Hand over', group: 'Conversation' },
  { id: 'resolve', keys: ['e'], label: 'Resolve, or reopen', group: 'Conversation' },
  { id: 'why', keys: ['w'], label: 'Why here?', group: 'Conversation' },
  { id: 'context', keys: ['c'], label: 'Show or hide the customer', group: 'Conversation' },
  { id: 'reading1', keys: ['1'], label: 'Take the first intent', group: 'Label next' },
  { id: 'reading2', keys: ['2'], label: 'Take the second', group: 'Label next' },
  { id: 'reading3', keys: ['3'], label: 'Take the third', group: 'Label next' },
  { id: 'noneFits', keys: ['0'], label: 'None of these fits', group: 'Label next' },
  { id: 'goMine', keys: ['g', 'm'], label: 'Go to mine', group: 'Go to' },
  { id: 'goQueue', keys: ['g', 'q'], label: 'Go to the queue', group: 'Go to' },
  { id: 'goAll', keys: ['g', 'a'], label: 'Go to all', group: 'Go to' },
  { id: 'goWaiting', keys: ['g', 'w'], label: 'Go to waiting on customer', group: 'Go to' },
  { id: 'goResolved', keys: ['g', 'r'], label: 'Go to resolved', group: 'Go to' },
  { id: 'goLabel', keys: ['g', 'l'], label: 'Go to label next', group: 'Go to' },
  { id: 'help', keys: ['?'], label: 'Show the shortcuts', group: 'Everywhere' },
] as const;

export type ShortcutId = (typeof shortcuts)[number]['id'];

export type Press = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; typing: boolean };

/** How long a `g` waits for its letter. */
export const prefixWait = 1200;

export type Prefix = { key: string; at: number } | undefined;

/** What a key press means: a shortcut, the start of one, or nothing. AltGr writes characters on many layouts, so Alt alone does not rule out a character that is no letter. */
export function read(press: Press, prefix: Prefix, now: number): { id?: ShortcutId; prefix?: Prefix } {
  const letter = /^[a-z]$/i.test(press.key);
  if (press.typing || press.metaKey || (press.ctrlKey && !press.altKey) || (press.altKey && letter))
    return {};
  const key = press.key.toLowerCase();
  if (prefix && now - prefix.at <= prefixWait) {
    const found = shortcuts.find((s) => s.keys.length === 2 && s.keys[0] === prefix.key && s.keys[1] === key);
    return found ? { id: found.id } : {};
  }
  const single = shortcuts.find((s) => s.keys.length === 1 && s.keys[0] === key);
  if (single) return { id: single.id };
  return shortcuts.some((s) => s.keys.length === 2 && s.keys[0] === key) ? { prefix: { key, at: now } } : {};
}
