import { expect, it } from 'vitest';
import { chooseSilences } from './choose-silences.ts';
import type { Silence } from './silence.ts';
import { matchersOf, type Subject } from './subject.ts';

const silence = (id: string, subject: Subject, createdBy = 'holdfast (user)'): Silence => ({
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
  ['by ID, whatever tool created them', ['3c', '1a'], ['3c', '1a']],
  ['by host', ['web1'], ['1a']],
  ['by failure domain', ['web'], ['2b']],
  ['once if named twice', ['web1', '1a'], ['1a']],
])('silences are chosen %s', (_how, names, chosen) => {
  expect(chooseSilences(CURRENT, { names, all: false })).toEqual(chosen);
});

it('--all selects all silences that holdfast created', () => {
  expect(chooseSilences(CURRENT, { names: [], all: true })).toEqual(['1a', '2b']);
});

it.each([
  { what: 'an unknown name', names: ['web2'], all: false, message: 'There is no active silence web2' },
  {
    what: 'the host of a silence of another tool',
    names: ['app1'],
    all: false,
    message: 'There is no active silence app1',
  },
  { what: 'an empty request', names: [], all: false, message: 'No silence given.' },
  { what: 'a name combined with --all', names: ['web1'], all: true, message: 'cannot be combined' },
])('$what is refused', ({ names, all, message }) => {
  expect(() => chooseSilences(CURRENT, { names, all })).toThrow(message);
});

it('the error for an unknown name lists the known hosts, domains and IDs', () => {
  expect(() => chooseSilences(CURRENT, { names: ['web2'], all: false })).toThrow(
    expect.objectContaining({ fix: 'Active: web1, web, 2b, 1a, 3c.' }),
  );
});
