const address = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g;

export type Piece = { text: string; href?: string };

/** A text cut at the web addresses in it. Only http and https become links. */
export function cutAtLinks(text: string): Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(address)) {
    if (found.index > from) out.push({ text: text.slice(from, found.index) });
    out.push({ text: found[0], href: found[0] });
    from = found.index + found[0].length;
  }
  if (from < text.length) out.push({ text: text.slice(from) });
  return out;
}
