import { expect, it } from 'vitest';
import { describeFailures, describeOutage, describeSlowness } from './client-harm.ts';

const failed = (part: number, requests = 1_000) => ({ requests, failed: part });
const slow = (part: number, responses = 1_000) => ({ responses, slow: part });

it.each([
  { title: 'none', usual: undefined, since: failed(0), text: '' },
  {
    title: 'one, and usually none',
    usual: failed(0, 9_000),
    since: failed(1),
    text: '1 of about 1000 requests failed',
  },
  { title: 'one, and nothing is known about before', usual: undefined, since: failed(1), text: '1 of about 1000' },
  { title: 'twice the usual share', usual: failed(5), since: failed(10), text: '' },
  { title: 'more than that', usual: failed(5), since: failed(11), text: '11 of about 1000' },
  { title: 'no requests', usual: undefined, since: failed(0, 0), text: '' },
])('failures: $title', ({ usual, since, text }) => {
  expect(describeFailures(usual, since)).toMatch(text === '' ? /^$/ : new RegExp(text));
});

it.each([
  { title: 'four may be chance', recent: failed(4, 40), text: '' },
  { title: 'five of forty', recent: failed(5, 40), text: '5 of about 40 requests of the last seconds failed' },
  { title: 'less than five percent', recent: failed(49), text: '' },
])('an outage: $title', ({ recent, text }) => {
  expect(describeOutage(recent)).toMatch(text === '' ? /^$/ : new RegExp(text));
});

it.each([
  { title: 'four may be chance', usual: undefined, recent: slow(4, 40), text: '' },
  { title: 'five of forty', usual: undefined, recent: slow(5, 40), text: '5 of about 40 .* longer than 1 s' },
  { title: 'less than five percent', usual: undefined, recent: slow(149, 3_000), text: '' },
  { title: 'five percent', usual: undefined, recent: slow(150, 3_000), text: '150 of about 3000' },
  { title: 'twice the usual share', usual: slow(40), recent: slow(80), text: '' },
])('slow responses: $title', ({ usual, recent, text }) => {
  expect(describeSlowness(usual, recent)).toMatch(text === '' ? /^$/ : new RegExp(text));
});
