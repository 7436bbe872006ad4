import type { Profile } from '../../model/profile.ts';
import { addressOn, PORTS, slotsOf, type Host, type Topology } from '../../model/topology.ts';
import { bindsOf } from './binds.ts';
import { utcOf } from '../haproxy/utc-of.ts';

const LOG =
  `{"at":"${utcOf('accept_date')}","route":"%ft","server":"%b/%s","client":"%ci:%cp","ended":"%tsc",` +
  '"ms":{"queue":%Tw,"connect":%Tc,"all":%Tt},"bytes":%B,"retries":"%rc"}';

/**
 * A database route. The role agent of this load balancer judges each node and nobody else does: a server starts in maintenance
 * and only the agent's `up ready` opens it, so that a starting HAProxy sends no write to a secondary. TLS passes through.
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
 * The cache route: to the Valkey that says of itself that it is the primary, asked with a command, which a frozen process does not answer.
 *
 * A primary that was frozen or cut off still calls itself one for seconds after it is back, beside its elected successor. What tells them
 * apart is who has replicas: a primary with replicas is preferred, one without is used only when there is no other.
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
    '# Checks only: primaries, with replicas or without.',
    'backend cache-alone',
    '    mode tcp',
    ...sessionTimeouts(topology.profile),
    ...roleCheck('role:master'),
    // That a replica has become a primary without any is rare, and asking costs as much as for the route itself.
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

/** The clients' pools close idle connections by themselves; HAProxy only collects what they forgot. */
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

/** A role is believed at once when it says primary: nobody else serves meanwhile. */
function checkTimes({ intervalMs, fastIntervalMs, fall }: Profile['check']): string {
  return `inter ${intervalMs}ms fastinter ${fastIntervalMs}ms fall ${fall} rise 1`;
}
