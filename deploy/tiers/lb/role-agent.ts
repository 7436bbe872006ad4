import { OPERATIONS } from '../../../kit/operations.ts';
import { readerMaxAgeMs } from '../../model/profile.ts';
import { addressOn, PORTS, slotsOf, type Host, type Topology } from '../../model/topology.ts';

/** The configuration of the database role agent; `Settings` in agents/db-role/settings.ts defines its format. */
export function renderRoleAgent(topology: Topology, host: Host): string {
  const { role, groupSuspicionMs } = topology.profile;
  const settings = {
    host: host.name,
    nodes: slotsOf(topology, 'db').map((node) => ({
      ...{ name: node.name, address: addressOn(node, 'data'), port: PORTS.mysql },
    })),
    intervalMs: role.intervalMs,
    timeoutMs: role.timeoutMs,
    repairAfterMs: role.repairAfterMs,
    limits: {
      // The group elects no other primary before it suspects this one, so a slow response must not disconnect all writers.
      writerMaxAgeMs: groupSuspicionMs / 2,
      readerMaxAgeMs: readerMaxAgeMs(role),
      maxApplyQueue: role.maxApplyQueue,
      maxLagMs: role.maxLagMs,
    },
    check: { host: '127.0.0.1', port: PORTS.roleAgentCheck },
    metrics: { host: addressOn(host, 'ops'), port: PORTS.roleAgentMetrics },
    passwordFile: '/run/holdfast/secrets/db-agent-password',
    authorityFile: '/run/holdfast/secrets/ca-cert',
    recordFile: '/var/lib/holdfast/db-view.json',
    operationsFile: `/etc/holdfast/${OPERATIONS}`,
    haproxySocket: '/run/haproxy-roles/socket',
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}
