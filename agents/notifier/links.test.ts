import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DOMAINS } from '../../alerts/alert.ts';
import { samplePayload } from './fixtures.ts';
import { linksOf } from './links.ts';
import { notificationOf } from './notification.ts';

it('an alert on the request path links to the traces of failed requests around it', () => {
  const [resolved] = notificationOf(samplePayload([{ name: 'HighErrorRate', status: 'resolved' }])).alerts;
  if (resolved === undefined) throw new Error('the sample has no alert');
  const links = { traces: 'http://zipkin.example' };
  const urls = linksOf({ ...resolved, domain: 'site' }, { links, drawn: undefined }).map(({ url }) => new URL(url));
  expect(urls.map(({ pathname }) => pathname)).toEqual(['/zipkin/']);
  expect(Object.fromEntries(urls[0]?.searchParams ?? [])).toEqual({
    ...{ annotationQuery: 'error', lookback: 'range', limit: '50' },
    startTs: String(resolved.startsAtMs - 60_000),
    endTs: String((resolved.endsAtMs ?? 0) + 60_000),
  });
  expect(linksOf({ ...resolved, domain: 'monitor' }, { links, drawn: undefined })).toEqual([]);
});

function boardOf(domain: string): string {
  const [alert] = notificationOf(samplePayload([{ name: 'SomethingLost' }])).alerts;
  if (alert === undefined) throw new Error('the sample has no alert');
  const links = linksOf({ ...alert, domain }, { links: { dashboards: 'http://grafana.example' }, drawn: undefined });
  return links.map(({ url }) => /\/d\/([\w-]+)\?/.exec(url)?.[1] ?? '').join();
}

it.each(DOMAINS)('an alert of the domain %s links to an existing dashboard', (domain) => {
  const file = join(import.meta.dirname, `../../dashboards/generated/${boardOf(domain)}.json`);
  expect(existsSync(file), file).toBe(true);
});

it.each([
  ['host', 'holdfast-hosts'],
  ['monitor', 'holdfast-monitors'],
  ['lb', 'holdfast-lb'],
  ['site', 'holdfast-overview'],
  ['unknown', 'holdfast-overview'],
])('an alert of the domain %s links to %s', (domain, uid) => {
  expect(boardOf(domain)).toBe(uid);
});
