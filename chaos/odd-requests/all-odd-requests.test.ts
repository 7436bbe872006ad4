import { expect, it } from 'vitest';
import { HTTP1_REQUESTS, HTTP2_REQUESTS, INCOMPLETE_REQUESTS } from './all-odd-requests.ts';
import { expectedAt, type EntryName, type OddRequest } from './odd-request.ts';

const GROUPS: readonly (readonly [name: string, requests: readonly OddRequest[]])[] = [
  ...Object.entries(HTTP1_REQUESTS),
  ...Object.entries(HTTP2_REQUESTS).map(([name, requests]) => [`HTTP/2 ${name}`, requests] as const),
  ['incomplete', INCOMPLETE_REQUESTS],
];
const ALL = GROUPS.flatMap(([, requests]) => requests);
const ENTRIES: readonly EntryName[] = ['edge', 'http', 'https'];

/** The data that is sent, independent of the path. */
function wireOf(request: OddRequest): string {
  if ('parts' in request) return JSON.stringify(request.parts);
  return Buffer.concat(request.frames({ path: '/odd', scheme: 'http' })).toString('latin1');
}

it('there are more than 200 odd requests, and no two are the same', () => {
  expect(ALL.length).toBeGreaterThan(200);
  const times = Map.groupBy(ALL, wireOf);
  expect([...times.values()].filter((same) => same.length > 1).map((same) => same.map(({ name }) => name))).toEqual([]);
});

it.each(GROUPS)('each of the %s has a unique name and a reason', (_group, requests) => {
  expect(new Set(requests.map(({ name }) => name)).size).toBe(requests.length);
  expect(requests.filter(({ because }) => because === '')).toEqual([]);
});

it('no client gets a server error: of 5xx, only 501 and 505 are expected', () => {
  const statuses = ALL.flatMap((request) => ENTRIES.flatMap((entry) => expectedAt(request, entry).answers));
  expect(new Set(statuses.filter((status) => Number(status) >= 500))).toEqual(new Set([501, 505]));
});

it('the error page that is compiled into HAProxy is expected only where the parser answers before any rule', () => {
  const builtIn = ALL.filter((request) => expectedAt(request, 'edge').isBuiltIn);
  expect(new Set(builtIn.flatMap(({ answers }) => answers))).toEqual(new Set([400, 408, 422]));
  expect(builtIn.filter(({ ends, reaches }) => !ends || reaches > 0)).toEqual([]);
});
