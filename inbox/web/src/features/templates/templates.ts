// What the editor of standard answers works out by itself.
import { ApiError } from '@/api/client';
import type { ProblemLine } from '@/parts/Problems';

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

/** The problems of a text that was refused, by line; the refusal itself when it names none. */
export function problemsOf(error: Error): ProblemLine[] {
  if (error instanceof ApiError && error.status === 422 && error.fields.length > 0) {
    return error.fields.map((f) => ({
      line: f.line ?? 0,
      message: f.line || f.field === '' || f.field === 'yaml' ? f.message : `${f.field}: ${f.message}`,
    }));
  }
  return [{ line: 0, message: error.message }];
}
