// What an agent typed and did not send yet, kept in this browser per conversation and kind, so that nothing that was
// typed is lost by a click, a reload or a lost connection.
export type Kind = 'reply' | 'note';
export type Draft = {
  text: string;
  template?: string | undefined;
  /** A model wrote some of it, and nobody has sent it yet. */
  drafted?: Drafted | undefined;
};
export type Drafted = {
  model: string;
  /** What stands in brackets in the text and has to be filled in. */
  gaps: string[];
};

const slot = (conversation: string, kind: Kind) => `usher.draft.${conversation}.${kind}`;

export function readDraft(conversation: string, kind: Kind): Draft {
  const kept = localStorage.getItem(slot(conversation, kind));
  if (!kept) return { text: '' };
  try {
    const d = JSON.parse(kept) as Partial<Draft>;
    return {
      text: String(d.text ?? ''),
      ...(d.template && { template: d.template }),
      ...(d.drafted && {
        drafted: { model: String(d.drafted.model), gaps: (d.drafted.gaps ?? []).map(String) },
      }),
    };
  } catch {
    return { text: kept };
  }
}

/** What has to be filled in before it can be sent. */
export const openGaps = (draft: Draft): string[] =>
  (draft.drafted?.gaps ?? []).filter((gap) => draft.text.includes(gap));

/** Text below what was there before. */
export const below = (before: string, text: string): string =>
  before.trim() ? `${before.trimEnd()}\n\n${text}` : text;

/** Keeps a draft; an empty one is forgotten. */
export function keepDraft(conversation: string, kind: Kind, draft: Draft) {
  if (draft.text.trim() === '') localStorage.removeItem(slot(conversation, kind));
  else localStorage.setItem(slot(conversation, kind), JSON.stringify(draft));
}

/** The conversations with a draft, for the mark in the list. */
export function hasDraft(conversation: string): boolean {
  return (['reply', 'note'] as const).some((kind) => localStorage.getItem(slot(conversation, kind)) !== null);
}
