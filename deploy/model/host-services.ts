import type { Tier, Topology } from './topology.ts';

/** Long-running services of a tier's hosts, named after their folder in `/etc/s6`. A test compares them with the images. */
const SERVICES: Readonly<Record<Tier, readonly string[]>> = {
  edge: ['haproxy', 'varnish', 'varnish-facts'],
  lb: ['haproxy', 'keepalived', 'lb-state', 'role-agent'],
  web: ['nginx'],
  app: ['app'],
  db: ['mysqld'],
  cache: ['valkey', 'sentinel'],
  monitor: ['prometheus', 'alertmanager', 'exporter', 'notifier'],
  mail: ['mailbox', 'deadman'],
  trace: ['zipkin', 'trace-logs'],
};

/** Tiers whose processes reach their dependencies through Toxiproxy. */
function hasToxiproxy(topology: Topology, tier: Tier): boolean {
  return topology.toxiproxy && topology.dependencies.some(({ consumer }) => consumer === tier);
}

/** The long-running services of a tier's hosts. */
export function servicesOf(topology: Topology, tier: Tier): readonly string[] {
  return [...SERVICES[tier], 'facts', 'disk-space', ...(hasToxiproxy(topology, tier) ? ['toxiproxy'] : [])];
}
