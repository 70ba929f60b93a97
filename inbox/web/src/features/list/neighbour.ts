/** The id one step from the selected one; the first (or last) when none is selected, undefined past an end. */
export function neighbour(
  ids: readonly string[],
  selected: string | undefined,
  step: 1 | -1,
): string | undefined {
  const at = selected === undefined ? -1 : ids.indexOf(selected);
  if (at === -1) return step === 1 ? ids[0] : ids.at(-1);
  return ids[at + step];
}

/** Which conversation to show once one has left the list: the one after it, else the one before. */
export function afterLeaving(ids: readonly string[], leaving: string): string | undefined {
  return neighbour(ids, leaving, 1) ?? neighbour(ids, leaving, -1);
}
