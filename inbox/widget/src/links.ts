/** A part of a text: href is set where it is a link. */
export interface Part {
  text: string;
  href?: string;
}

const address = /https?:\/\/[^\s<>"'`]+/gi;
const trailing = /[.,;:!?…]+$/;

/**
 * parts finds web addresses in a text. Only http and https become links; what follows a sentence (full stops, an
 * unopened bracket) is not part of one.
 */
export function parts(text: string): Part[] {
  const out: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    const found = trim(match[0]);
    if (!valid(found)) continue;
    if (match.index > from) out.push({ text: text.slice(from, match.index) });
    out.push({ text: found, href: found });
    from = match.index + found.length;
  }
  if (from < text.length) out.push({ text: text.slice(from) });
  return out;
}

function valid(url: string): boolean {
  try {
    return new URL(url).hostname !== '';
  } catch {
    return false;
  }
}

function trim(found: string): string {
  for (;;) {
    const shorter = found.replace(trailing, '');
    const unopened = shorter.endsWith(')') && !shorter.includes('(');
    const next = unopened ? shorter.slice(0, -1) : shorter;
    if (next === found) return found;
    found = next;
  }
}
