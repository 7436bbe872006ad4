import { expect, test } from 'vitest';
import type { HAPROXY_FIELDS } from '../../model/access-log.ts';
import {
  compactFormat,
  FORWARDED,
  HAPROXY_DATAGRAM_BYTES,
  HAPROXY_MARK,
  HAPROXY_PREFIX,
  TRACE_LOG_LINE_BYTES,
  NO_SERVER,
} from '../../model/access-log.ts';
import { hostsOf, makeTopology, type Host } from '../../model/topology.ts';
import { renderWeb } from '../web/render.ts';
import { renderLb } from './render.ts';

const topology = makeTopology();
const [lb1, lb2] = hostsOf(topology, 'lb') as [Host, Host];

function fileOf(host: Host, path: string, from = topology): string {
  return renderLb(from, host).find((file) => file.path === path)?.text ?? '';
}

/** The lines of one section, without its indentation. */
function section(text: string, header: string): readonly string[] {
  const lines = text.split('\n');
  const start = lines.indexOf(header);
  const end = lines.findIndex((line, index) => index > start && /^\S/.test(line));
  return start === -1 ? [] : lines.slice(start + 1, end === -1 ? undefined : end).map((line) => line.trim());
}

test.each([
  ['http', '198.18.0.10:80', '198.18.0.11:80'],
  ['https', '198.18.0.10:443', '198.18.0.11:443'],
  ['app-pool', '198.18.1.10:8081', '198.18.1.11:8081'],
  ['db-write', '198.18.1.10:3306', '198.18.1.11:3306'],
  ['db-read', '198.18.1.10:3307', '198.18.1.11:3307'],
  ['cache', '198.18.1.10:6379', '198.18.1.11:6379'],
])('the route %s listens only on its virtual IP and on the own address of the host', (route, ...addresses) => {
  const binds = section(fileOf(lb1, 'haproxy.cfg'), `frontend ${route}`).filter((line) => line.startsWith('bind '));
  expect(binds.map((line) => line.split(' ')[1])).toEqual(addresses);
});

test('the application pool has all slots, and only standby slots are in maintenance', () => {
  const servers = section(fileOf(lb1, 'haproxy.cfg'), 'backend app-pool').filter((line) => line.startsWith('server '));
  expect(servers).toHaveLength(8);
  expect(servers.filter((line) => !line.endsWith(' disabled'))).toEqual([
    'server app1 198.18.1.41:3000',
    'server app2 198.18.1.42:3000',
  ]);
});

test.each(['db-write', 'db-read'])(
  'servers of %s start in maintenance until the role agent enables them, without another check',
  (route) => {
    const lines = section(fileOf(lb1, 'haproxy.cfg'), `backend ${route}`);
    const servers = lines.filter((line) => line.startsWith('server '));
    expect(servers).toEqual(
      ['db1', 'db2', 'db3'].map(
        (name, index) => `server ${name} 198.18.2.${51 + index}:3306 disabled agent-send "${route} ${name}\\n"`,
      ),
    );
    expect(lines.join('\n')).not.toMatch(/^default-server .* check /m);
    expect(lines.join('\n')).toContain('on-marked-down shutdown-sessions');
  },
);

test('the cache route prefers a primary with replicas over one without', () => {
  const servers = section(fileOf(lb1, 'haproxy.cfg'), 'backend cache').filter((line) => line.startsWith('server '));
  expect(servers.filter((line) => line.endsWith(' backup'))).toHaveLength(3);
  expect(servers.filter((line) => line.endsWith(' check'))).toHaveLength(3);
});

test.each(['http', 'https'])(
  'a request over %s without a trace context gets one before its trace ID is stored',
  (route) => {
    const lines = section(fileOf(lb1, 'haproxy.cfg'), `frontend ${route}`);
    const [given, stored] = ['set-header traceparent 00-', 'set-var(txn.trace_id)'].map((text) =>
      lines.findIndex((line) => line.includes(text)),
    );
    expect(given).toBeGreaterThan(-1);
    expect(stored).toBeGreaterThan(given ?? Infinity);
    expect(lines[given ?? -1]).toMatch(/-00 unless one_context whole_context$/);
    // The trace context of a direct client is only passed on; its request always gets a new one.
    expect(lines.slice(0, given).filter((line) => line.includes('traceparent unless from_proxy'))).toEqual([
      'http-request del-header x-client-traceparent unless from_proxy',
      'http-request del-header traceparent unless from_proxy',
    ]);
  },
);

test('behind the web tier the trace context is not changed', () => {
  const lines = section(fileOf(lb1, 'haproxy.cfg'), 'frontend app-pool').join('\n');
  expect(lines).not.toContain('set-header traceparent');
  expect(lines).toContain('set-var(txn.trace_id)');
});

test('each HTTP route sends lines to both monitors and the trace log store, and the longest compact part fits into the datagram', () => {
  const text = fileOf(lb1, 'haproxy.cfg');
  const sections = [...text.matchAll(/^frontend (\S+)\n(?: {4}.*\n|\n)*/gm)].filter(([body]) =>
    body.includes(HAPROXY_PREFIX),
  );
  expect(sections.map(([, name]) => name)).toEqual(['http', 'https', 'app-pool']);
  expect(sections.map(([body]) => /default_backend (\S+)/.exec(body)?.[1])).toEqual(['web', 'web', 'app-pool']);
  for (const route of ['http', 'https', 'app-pool']) {
    const lines = section(fileOf(lb1, 'haproxy.cfg'), `frontend ${route}`);
    expect(lines.filter((line) => line.startsWith('log 198'))).toEqual([
      ...['198.18.3.71', '198.18.3.72'].map((monitor) => `log ${monitor}:9514 len 200 format raw local0 info`),
      `log 198.18.3.91:9515 len ${TRACE_LOG_LINE_BYTES + 1} format raw local0 info`,
    ]);
  }
  const longest: Record<keyof typeof HAPROXY_FIELDS, string> = {
    process: '4194304',
    sequence: '4294967295',
    proxy: 'app-pool',
    backend: 'app-pool',
    server: NO_SERVER,
    status: '503',
    termination: 'SC',
    duration: '3600000000',
    kind: FORWARDED,
    traceId: 'a'.repeat(32),
  };
  expect(`${HAPROXY_PREFIX}${compactFormat(HAPROXY_MARK, longest)}"`.length).toBeLessThan(HAPROXY_DATAGRAM_BYTES);
});

test('the length of the request ID in log lines is limited', () => {
  for (const route of ['http', 'https', 'app-pool'])
    expect(section(fileOf(lb1, 'haproxy.cfg'), `frontend ${route}`)).toContain(
      'http-request set-var(txn.id) req.hdr(X-Request-ID),bytes(0,128)',
    );
});

test.each(['lb', 'web'] as const)('the tier %s sends no lines to a missing trace-logs', (tier) => {
  const without = { ...topology, hosts: topology.hosts.filter((host) => host.tier !== 'trace') };
  const [host] = hostsOf(without, tier) as [Host];
  const texts = (tier === 'lb' ? renderLb : renderWeb)(without, host).map(({ text }) => text);
  expect(texts.join('\n')).not.toContain(':9515');
});

test('rendered files contain no password', () => {
  expect(fileOf(lb1, 'haproxy.cfg')).toContain('AUTH check ${CACHE_CHECK_PASSWORD}');
});

test('intervals come from the profile', () => {
  const profile = { ...topology.profile, vrrpAdvertMs: 1_000, check: { ...topology.profile.check, intervalMs: 1_234 } };
  const slower = makeTopology({ profile });
  expect(fileOf(lb1, 'haproxy.cfg', slower)).toContain('inter 1234ms');
  expect(fileOf(lb1, 'keepalived.conf', slower)).toContain('advert_int 1\n');
});

test('the two load balancers are VRRP peers, with different priorities and the same virtual IPs', () => {
  const [first, second] = [fileOf(lb1, 'keepalived.conf'), fileOf(lb2, 'keepalived.conf')];
  const read = (text: string, pattern: RegExp): readonly string[] =>
    [...text.matchAll(pattern)].map((match) => match[1] ?? '');
  expect(read(first, /unicast_peer \{\s+(\S+)/g)).toEqual(['198.18.0.12', '198.18.1.12']);
  expect(read(second, /unicast_peer \{\s+(\S+)/g)).toEqual(['198.18.0.11', '198.18.1.11']);
  expect(read(first, /virtual_ipaddress \{\s+(\S+)/g)).toEqual(read(second, /virtual_ipaddress \{\s+(\S+)/g));
  expect(new Set([...read(first, /priority (\d+)/g), ...read(second, /priority (\d+)/g)]).size).toBe(2);
  for (const text of [first, second]) expect(text.match(/nopreempt/g)).toHaveLength(2);
});

test('the rules for a handover concern both virtual IPs, and forward nothing until an element with a timeout is added', () => {
  const rules = fileOf(lb1, 'handover.nft');
  expect(rules).toContain('ip daddr != { 198.18.0.10, 198.18.1.10 } accept');
  expect(rules).toContain('socket mark 0 dup to ip daddr map @previous drop');
  expect(rules).toContain('flags timeout');
  expect(rules).not.toContain('elements');
  expect(fileOf(lb2, 'handover.nft')).toBe(rules);
});
