import { expect, it } from 'vitest';
import { chooseSilences } from './choose-silences.ts';
import type { Silence } from './silence.ts';
import { matchersOf, type Subject } from './subject.ts';

const silence = (id: string, subject: Subject, createdBy = 'holdfast (somebody)'): Silence => ({
  id,
  matchers: [...matchersOf(subject)],
  status: { state: 'active' },
  startsAt: '2026-11-26T10:00:00Z',
  endsAt: '2026-11-26T11:00:00Z',
  createdBy,
  comment: 'new disk',
});
const CURRENT = [
  silence('1a', { kind: 'host', name: 'web1' }),
  silence('2b', { kind: 'domain', name: 'web' }),
  silence('3c', { kind: 'host', name: 'app1' }, 'another tool'),
];

it.each([
  ['by id, whoever made it', ['3c', '1a'], ['3c', '1a']],
  ['by host', ['web1'], ['1a']],
  ['by failure domain', ['web'], ['2b']],
  ['once, though named twice', ['web1', '1a'], ['1a']],
])('silences are chosen %s', (_how, words, chosen) => {
  expect(chooseSilences(CURRENT, { words, all: false })).toEqual(chosen);
});

it('all are those that were made here', () => {
  expect(chooseSilences(CURRENT, { words: [], all: true })).toEqual(['1a', '2b']);
});

it.each([
  { what: 'a word that means none', words: ['web2'], all: false, said: 'There is no active silence web2' },
  {
    what: 'what another tool silenced, by its host',
    words: ['app1'],
    all: false,
    said: 'There is no active silence app1',
  },
  { what: 'nothing', words: [], all: false, said: 'No silence given.' },
  { what: 'a word and all', words: ['web1'], all: true, said: 'cannot be combined' },
])('$what is refused', ({ words, all, said }) => {
  expect(() => chooseSilences(CURRENT, { words, all })).toThrow(said);
});

it('a word that means none is answered with what there is: what was silenced here, and ids', () => {
  expect(() => chooseSilences(CURRENT, { words: ['web2'], all: false })).toThrow(
    expect.objectContaining({ fix: 'Active: web1, web, 2b, 1a, 3c.' }),
  );
});
