import { describe, expect, it } from 'vitest';
import { ApiError, problemError } from '@/api/client';
import { compareLines, insertAt, nameFrom, nameTrouble, problemsOf } from './templates';

describe('the name of a new answer', () => {
  it.each([
    ['Where an order is', 'where_an_order_is'],
    ['  2. Rückgabe & Umtausch! ', 'ruckgabe_umtausch'],
    ['注文', ''],
    ['x'.repeat(80), 'x'.repeat(61)],
    [`${'x'.repeat(60)} y`, 'x'.repeat(60)],
  ])('%s', (title, name) => {
    expect(nameFrom(title)).toBe(name);
    expect(name === '' || /^[a-z][a-z0-9_]{0,60}$/.test(name)).toBe(true);
  });
  it('must be there and be free', () => {
    expect(nameTrouble('!!', [])).toContain('letter');
    expect(nameTrouble('Thanks', ['thanks'])).toContain('one of this name');
    expect(nameTrouble('Thanks', [])).toBeUndefined();
  });
});

describe('two texts compared', () => {
  const told = (one: string, other: string) =>
    compareLines(one, other).map((l) => ({ both: ' ', one: '-', other: '+' })[l.in] + l.text);
  it.each([
    ['a\nb\nc', 'a\nb\nc', [' a', ' b', ' c']],
    ['a\nb\nc', 'a\nx\nc', [' a', '-b', '+x', ' c']],
    ['a\nb', 'b\nc', ['-a', ' b', '+c']],
    ['', 'a', ['-', '+a']],
  ])('%j and %j', (one, other, lines) => {
    expect(told(one, other)).toEqual(lines);
  });
});

describe('inserting a variable', () => {
  it('replaces the selection and goes behind it', () => {
    expect(insertAt('Hello NAME,', 'contact.name', 6, 10)).toEqual({
      text: 'Hello {{ contact.name }},',
      cursor: 24,
    });
  });
});

describe('problems of a refused text', () => {
  it('have their lines', () => {
    const error = problemError(422, {
      detail: 'line 3: there is no variable order.stat',
      errors: [{ location: 'body.yaml', message: 'there is no variable order.stat', value: 3 }],
    });
    expect(problemsOf(error)).toEqual([
      { language: '', line: 3, message: 'there is no variable order.stat' },
    ]);
  });
  it('say of which text they are', () => {
    const error = problemError(422, {
      errors: [{ location: 'body.texts.de', message: 'the text is empty', value: 0 }],
    });
    expect(problemsOf(error)).toEqual([{ language: 'de', line: 0, message: 'the text is empty' }]);
  });
  it('name the field when they have no line', () => {
    const error = problemError(422, {
      errors: [{ location: 'body.title', message: 'expected length >= 1' }],
    });
    expect(problemsOf(error)).toEqual([{ language: '', line: 0, message: 'title: expected length >= 1' }]);
  });
  it('are the refusal itself when it names none', () => {
    expect(problemsOf(new ApiError(403, 'this is for people with the ops role'))).toEqual([
      { language: '', line: 0, message: 'this is for people with the ops role' },
    ]);
  });
});
