import { describe, expect, it } from 'vitest';
import { contactName, initials, intentName, languageName, percent, sentence } from './words';

const narrow = '\u202f';

describe('words', () => {
  it('percent rounds, and claims neither all nor nothing when it is not so', () => {
    expect(percent(0.943)).toBe(`94${narrow}%`);
    expect(percent(0.998)).toBe(`>${narrow}99${narrow}%`);
    expect(percent(0.002)).toBe(`<${narrow}1${narrow}%`);
    expect(percent(1)).toBe(`100${narrow}%`);
    expect(percent(0)).toBe(`0${narrow}%`);
  });
  it('initials take whole letters of the first and the last name', () => {
    expect(initials('Marta von Lindqvist')).toBe('ML');
    expect(initials('Øyvind')).toBe('Ø');
    expect(initials('  ')).toBe('?');
  });
  it('a contact has a name even when little is known', () => {
    const c = { name: '', email: '', external_id: '', id: '01931000-0000-7000-8000-00000000abcd' };
    expect(contactName(c)).toBe('Visitor abcd');
    expect(contactName({ ...c, email: 'a@b.example' })).toBe('a@b.example');
  });
  it('an intent has its name from the catalogue, or a readable id', () => {
    expect(intentName('refund_status', [{ id: 'refund_status', name: 'Where a refund is' }])).toBe(
      'Where a refund is',
    );
    expect(intentName('refund_status', undefined)).toBe('refund status');
    expect(intentName('oos', [])).toBe('out of scope');
  });
  it('names languages, and what is too short to tell', () => {
    expect(languageName('de')).toBe('German');
    expect(languageName('und')).toBe('not clear');
    expect(languageName('?')).toBe('?');
  });
  it('a message of the server becomes a sentence', () => {
    expect(sentence('it is resolved')).toBe('It is resolved');
    expect(sentence('')).toBe('');
  });
});
