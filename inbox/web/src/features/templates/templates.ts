// What the editor of standard answers works out by itself.
import { ApiError } from '@/api/client';
import type { Template } from '@/api/shapes';
import type { ProblemLine } from '@/parts/Problems';
import { languageName } from '@/parts/words';

/** What a person may change of an answer. */
export type Content = Pick<Template, 'title' | 'language' | 'body' | 'texts' | 'watch'>;

/** The languages of its texts: the default one, then the others by name. */
export const languagesOf = (c: Pick<Content, 'language' | 'texts'>): string[] => [
  c.language,
  ...Object.keys(c.texts).sort((a, b) => languageName(a).localeCompare(languageName(b))),
];

export const textIn = (c: Content, language: string): string =>
  language === c.language ? c.body : (c.texts[language] ?? '');

/** The content with another text in one of its languages, or with a text in a language that it did not have. */
export const withText = (c: Content, language: string, text: string): Content =>
  language === c.language ? { ...c, body: text } : { ...c, texts: { ...c.texts, [language]: text } };

/** The content without its text in a language other than the default. */
export function withoutText(c: Content, language: string): Content {
  const { [language]: _, ...texts } = c.texts;
  return { ...c, texts };
}

/** The content with the text of a language as the default, and the one that was it among the others. */
export const withDefault = (c: Content, language: string): Content => ({
  ...withoutText(c, language),
  language,
  body: textIn(c, language),
  texts: { ...withoutText(c, language).texts, [c.language]: c.body },
});

/** The content with one of its texts said to be in another language. */
export const inLanguage = (c: Content, from: string, to: string): Content =>
  from === c.language ? { ...c, language: to } : withText(withoutText(c, from), to, textIn(c, from));

export const sameContent = (a: Content, b: Content): boolean => asText(a) === asText(b);

/** All of an answer as one text, for comparing. */
export const asText = (c: Content): string =>
  [
    `Title: ${c.title}\nAsk whether it helped: ${c.watch ? 'yes' : 'no'}`,
    ...languagesOf(c).map(
      (l) => `${languageName(l)}${l === c.language ? ', the default' : ''}:\n${textIn(c, l)}`,
    ),
  ].join('\n\n');

/** A line of a comparison: in both texts, only in the one, or only in the other. */
export type Compared = { text: string; in: 'both' | 'one' | 'other' };

/** Two texts line by line, with as many lines in both as there can be. */
export function compareLines(one: string, other: string): Compared[] {
  const [a, b] = [one.split('\n'), other.split('\n')];
  // shared[i][j] is how many lines a from i and b from j can have in common.
  const shared = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const common = (i: number, j: number) => shared[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      shared[i]![j] = a[i] === b[j] ? common(i + 1, j + 1) + 1 : Math.max(common(i + 1, j), common(i, j + 1));
    }
  }
  const out: Compared[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ text: a[i++]!, in: 'both' });
      j++;
    } else if (i < a.length && (j === b.length || common(i + 1, j) >= common(i, j + 1))) {
      out.push({ text: a[i++]!, in: 'one' });
    } else {
      out.push({ text: b[j++]!, in: 'other' });
    }
  }
  return out;
}

/** The name that a new answer gets from its title: small letters, digits and _, at most 61. */
export function nameFrom(title: string): string {
  const ascii = title.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return ascii
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+/, '')
    .slice(0, 61)
    .replace(/_+$/, '');
}

/** What stands against a new answer with this title. */
export function nameTrouble(title: string, taken: readonly string[]): string | undefined {
  const name = nameFrom(title);
  if (!name) return 'Use at least one letter from a to z.';
  if (taken.includes(name)) return 'There is one of this name; give it another title, or edit that one.';
  return undefined;
}

/** A variable put into a text in the place of the selection, and where the cursor goes. */
export function insertAt(
  text: string,
  variable: string,
  start: number,
  end: number,
): { text: string; cursor: number } {
  const piece = `{{ ${variable} }}`;
  return { text: text.slice(0, start) + piece + text.slice(end), cursor: start + piece.length };
}

/** A problem, and the language of the text that has it where it is not the whole answer. */
export type TextProblem = ProblemLine & { language: string };

/** The problems of an answer that was refused, by line; the refusal itself when it names none. */
export function problemsOf(error: Error): TextProblem[] {
  if (error instanceof ApiError && error.status === 422 && error.fields.length > 0) {
    return error.fields.map((f) => {
      const language = /^texts\.([a-z]{2})$/.exec(f.field)?.[1] ?? '';
      const plain = f.line || language || f.field === '' || f.field === 'yaml';
      return { language, line: f.line ?? 0, message: plain ? f.message : `${f.field}: ${f.message}` };
    });
  }
  return [{ language: '', line: 0, message: error.message }];
}
