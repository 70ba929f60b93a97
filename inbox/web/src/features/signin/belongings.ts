// What somebody typed and did not send or save belongs to them. It waits for them when their sign-in expires, and the
// next person at this browser finds nothing of it.
import { forgetTyped } from '@/features/composer/outbox';
import { forgetUnsaved } from '@/parts/unsaved';

/** Whose the drafts and the outgoing entries of this browser are. */
const slot = 'usher.typist';
/** Whose the unsaved changes in this tab are. */
let here: string | undefined;

/** Says who is here now: what somebody else left is forgotten. */
export function belongTo(agent: string) {
  if (here !== undefined && here !== agent) forgetUnsaved();
  here = agent;
  const before = localStorage.getItem(slot);
  if (before !== null && before !== agent) forgetTyped();
  if (before !== agent) localStorage.setItem(slot, agent);
}

/** Forgets all that was typed and not sent or saved, as somebody signs out. */
export function forgetBelongings() {
  forgetTyped();
  forgetUnsaved();
}
