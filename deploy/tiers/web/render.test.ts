import { expect, test } from 'vitest';
import { hostsOf, makeTopology, type Host } from '../../model/topology.ts';
import { renderWeb } from './render.ts';

const topology = makeTopology();
const [web1] = hostsOf(topology, 'web') as [Host];

function nginxOf(from = topology): string {
  return renderWeb(from, web1).find(({ path }) => path === 'nginx.conf')?.text ?? '';
}

test.each([
  ['its own Toxiproxy', true, '127.0.0.1:18081'],
  ['the virtual address without one', false, '198.18.1.10:8081'],
])('dynamic requests go to %s', (_name, toxiproxy, address) => {
  expect(nginxOf(makeTopology({ toxiproxy }))).toContain(`server ${address} max_fails=0;`);
});

test('Nginx listens on the app network and loopback, and its status page on the ops network', () => {
  const listens = [...nginxOf().matchAll(/listen (\S+?)[ ;]/g)].map((match) => match[1]);
  expect(listens).toEqual(['198.18.1.31:8080', '127.0.0.1:8080', '198.18.3.31:8090']);
});

test('the read timeout is longer than the write budget, so that the application responds first', () => {
  const read = /proxy_read_timeout (\d+)ms/.exec(nginxOf());
  expect(Number(read?.[1])).toBeGreaterThan(topology.profile.client.writeBudgetMs);
});

test('lines go to both monitors, contain no client and no path, and are sent for every request except health checks', () => {
  const text = nginxOf();
  const targets = [...text.matchAll(/access_log syslog:server=([\d.:]+),.* compact;/g)].map((match) => match[1]);
  expect(targets).toEqual(['198.18.3.71:9514', '198.18.3.72:9514']);
  const format = /log_format compact '(.*)';/.exec(text)?.[1] ?? '';
  expect(format).toMatch(/^N1\|/);
  expect(format).not.toMatch(/\$(request|request_uri|uri|args|remote_addr|http_\w+)\b/);
  expect(text.match(/access_log off;/g)).toHaveLength(2);
});

test('client data is at the end of a whole line, so that a cut line still contains the result of the request', () => {
  const [, format = ''] = /log_format json escape=json ([^;]*);/.exec(nginxOf()) ?? [];
  const names = [...format.matchAll(/\$(\w+)/g)].map(([, name]) => name);
  expect(names.slice(-4)).toEqual(['trace_id', 'http_x_forwarded_for', 'id', 'request']);
});

test('the trace log store gets whole lines, and their format is defined first', () => {
  const text = nginxOf();
  expect(text).toContain(
    'access_log syslog:server=198.18.3.91:9515,facility=local7,severity=info,tag=nginx,nohostname json;',
  );
  expect(text.indexOf('log_format json')).toBeLessThan(text.indexOf('nohostname json;'));
});
