import { expect, it } from 'vitest';
import { refused, served, unparsed } from './odd-request.ts';
import { judge, reachesOf, RequestPacer } from './run-requests.ts';

const request = served(['odd', 'no rule'], 'GET {path} HTTP/1.1\r\n\r\n', {
  at: { edge: { answers: [400], reaches: 0 } },
});
const good = { answers: [404], followUp: 'served', lacks: [] };

it('an expected outcome has no differences', () => {
  expect(judge(request, { name: 'http' }, good)).toEqual([]);
});

it.each([
  ['another status', { ...good, answers: [503] }, 'expected 404, got 503'],
  ['an additional response', { ...good, answers: [404, 404] }, 'expected 404, got 404, 404'],
  ['no response', { ...good, answers: [] }, 'expected 404, got nothing'],
  [
    "the response of another's request",
    { ...good, followUp: '404 <html>' },
    'expected the next request served, got 404 <html>',
  ],
  ['the end of the connection', { ...good, followUp: 'closed' }, 'expected the next request served, got closed'],
  ['a missing header', { ...good, lacks: ['X-Frame-Options'] }, 'without X-Frame-Options'],
])('%s is a difference', (_name, outcome, line) => {
  expect(judge(request, { name: 'http' }, outcome)).toEqual([line]);
});

it('the expected outcome may differ by entry', () => {
  expect(judge(request, { name: 'edge' }, good)).toEqual(['expected 400, got 404']);
  expect([
    reachesOf({ name: 'edge', host: '', port: 0 }, [request]),
    reachesOf({ name: 'http', host: '', port: 0 }, [request]),
  ]).toEqual([0, 1]);
});

it('every response needs the headers of the site, except the page that is compiled into HAProxy', () => {
  const outcome = { answers: [400], followUp: 'closed', lacks: ['X-Frame-Options'] };
  expect(judge(unparsed(['odd', 'no rule'], ''), { name: 'http' }, outcome)).toEqual([]);
  expect(judge(refused([400, 'odd', 'no rule'], '', { ends: true }), { name: 'http' }, outcome)).toEqual([
    'without X-Frame-Options',
  ]);
});

it.each([
  ['connections', [0, 0, 0], 40],
  ['requests', [1, 3, 1], 80],
])('%s do not exceed the rate', async (_name, requests, ms) => {
  const pacer = new RequestPacer(50);
  const start = performance.now();
  const taken = await Promise.all(requests.map((count) => pacer.take(count)));
  // Timers may fire slightly early.
  expect(performance.now() - start).toBeGreaterThan(0.9 * ms);
  expect(new Set(taken.map(({ path }) => path)).size).toBe(3);
  expect(new Set(taken.map(({ path }) => path.length))).toEqual(new Set([24]));
});
