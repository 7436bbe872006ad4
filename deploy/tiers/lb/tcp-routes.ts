import type { Profile } from '../../model/profile.ts';
import { addressOn, PORTS, slotsOf, type Host, type Topology } from '../../model/topology.ts';
import { bindsOf } from './binds.ts';
import { utcOf } from '../haproxy/utc-of.ts';

const LOG =
  `{"at":"${utcOf('accept_date')}","route":"%ft","server":"%b/%s","client":"%ci:%cp","ended":"%tsc",` +
  '"ms":{"queue":%Tw,"connect":%Tc,"all":%Tt},"bytes":%B,"retries":"%rc"}';

/**
 * A database route. Only the role agent of this load balancer decides about each node. A server starts in maintenance until the agent's
 * `up ready`, so that a starting HAProxy sends no write to a secondary. TLS is passed through.
 */
export function renderDatabaseRoute(topology: Topology, host: Host, name: 'db-write' | 'db-read'): string {
  const { target } = topology.routes[name];
  const servers = slotsOf(topology, target.tier).map(
    (node) =>
      `    server ${node.name} ${addressOn(node, target.network)}:${target.port} disabled agent-send "${name} ${node.name}\\n"`,
  );
  return [
    ...renderFrontend(topology, host, name),
    `backend ${name}`,
    '    mode tcp',
    `    balance ${name === 'db-write' ? 'first' : 'leastconn'}`,
    '    retries 1',
    ...sessionTimeouts(topology.profile),
    '    option srvtcpka',
    `    default-server agent-check agent-addr 127.0.0.1 agent-port ${PORTS.roleAgentCheck} agent-inter ${topology.profile.role.agentCheckMs}ms on-marked-down shutdown-sessions`,
    ...servers,
    '',
  ].join('\n');
}

/**
 * The cache route, to the Valkey instance that reports the primary role. The check uses a command, so that it fails on a hung process.
 *
 * A primary that was hung or partitioned still reports the primary role for seconds after it is back, in addition to its elected successor. Only
 * the successor has replicas. So a primary with replicas is preferred, and one without is used only if there is no other.
 */
export function renderCacheRoute(topology: Topology, host: Host): string {
  const { target } = topology.routes.cache;
  const nodes = slotsOf(topology, target.tier).map((node) => ({
    name: node.name,
    at: `${addressOn(node, target.network)}:${target.port}`,
  }));
  return [
    ...renderFrontend(topology, host, 'cache'),
    'backend cache',
    '    mode tcp',
    '    balance first',
    ...sessionTimeouts(topology.profile),
    ...roleCheck('role:master\\r\\nconnected_slaves:[1-9]'),
    `    default-server ${checkTimes(topology.profile.check)} on-marked-down shutdown-sessions`,
    ...nodes.map(({ name, at }) => `    server ${name} ${at} check`),
    ...nodes.map(({ name, at }) => `    server ${name}-alone ${at} track cache-alone/${name} backup`),
    '',
    '# Only for its checks: primaries, with or without replicas.',
    'backend cache-alone',
    '    mode tcp',
    ...sessionTimeouts(topology.profile),
    ...roleCheck('role:master'),
    // A primary without replicas is rare, and these checks cost as much as those of the route itself.
    `    default-server ${checkTimes(topology.profile.check)} downinter ${4 * topology.profile.check.intervalMs}ms`,
    ...nodes.map(({ name, at }) => `    server ${name} ${at} check`),
    '',
  ].join('\n');
}

function renderFrontend(topology: Topology, host: Host, name: 'db-write' | 'db-read' | 'cache'): readonly string[] {
  return [
    `frontend ${name}`,
    '    mode tcp',
    ...bindsOf(topology, host, name).map((bind) => `    bind ${bind}`),
    '    option clitcpka',
    `    timeout client ${idleSessionMs(topology.profile)}ms`,
    `    log-format '${LOG}'`,
    `    default_backend ${name}`,
    '',
  ];
}

/** Clients' pools close idle connections themselves; HAProxy only closes abandoned ones. */
function idleSessionMs(profile: Profile): number {
  return 2 * profile.client.idleMs;
}

function sessionTimeouts(profile: Profile): readonly string[] {
  return [`    timeout server ${idleSessionMs(profile)}ms`];
}

function roleCheck(expected: string): readonly string[] {
  return [
    '    option tcp-check',
    '    tcp-check connect',
    '    tcp-check send "AUTH check ${CACHE_CHECK_PASSWORD}\\r\\n"',
    '    tcp-check expect string +OK',
    '    tcp-check send "INFO replication\\r\\n"',
    `    tcp-check expect rstring "${expected}"`,
  ];
}

/** `rise 1`: one check with the primary role is enough, because no other server can serve meanwhile. */
function checkTimes({ intervalMs, fastIntervalMs, fall }: Profile['check']): string {
  return `inter ${intervalMs}ms fastinter ${fastIntervalMs}ms fall ${fall} rise 1`;
}
