import { VARNISH_THREADS } from './edge-threads.ts';
import type { Tier } from './topology.ts';

/** What a tier's hosts ask of the machine they run on, beyond what every host gets. */
interface HostNeeds {
  /** Capabilities beyond {@link COMMON_CAPABILITIES}. */
  readonly capabilities?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Folders in memory, with the options of `tmpfs` in the Compose file. */
  readonly tmpfs?: readonly string[];
  /** Processes and threads, where {@link DEFAULT_PROCESSES} are too few. */
  readonly processes?: number;
  /** State that outlives the host: volume name after the host's own → where it is mounted. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** Tracked folders of the checkout → where they are mounted, read-only. */
  readonly folders?: Readonly<Record<string, string>>;
}

/** Processes and threads that a host may have. */
export const DEFAULT_PROCESSES = 512;

/** The init hands secrets to their services, drops to their users and stops them: no more. */
export const COMMON_CAPABILITIES: readonly string[] = ['CHOWN', 'KILL', 'SETGID', 'SETUID'];

/** A host that lost a network, or a virtual address that is elsewhere just now, still lets its servers start. */
const BIND_ANYWAY = { 'net.ipv4.ip_nonlocal_bind': '1' };

export const CONTAINER_OPTIONS: Readonly<Record<Tier, HostNeeds>> = {
  // Varnish compiles its configuration and loads the result from here.
  edge: {
    sysctls: BIND_ANYWAY,
    // Varnish takes a thread for each request and each fetch; whatever it takes, health check and metrics can still be started.
    processes: VARNISH_THREADS + DEFAULT_PROCESSES,
    tmpfs: ['/var/lib/varnish:mode=1777,size=96m,exec'],
  },
  lb: {
    // keepalived moves addresses, speaks VRRP, and must not be late when the CPU is short.
    capabilities: ['NET_ADMIN', 'NET_RAW', 'SYS_NICE'],
    sysctls: { ...BIND_ANYWAY, 'net.ipv4.ip_unprivileged_port_start': '0' },
    volumes: { state: '/var/lib/holdfast' },
  },
  web: { sysctls: BIND_ANYWAY },
  app: {},
  db: { volumes: { data: '/var/lib/mysql' } },
  cache: { sysctls: BIND_ANYWAY, volumes: { data: '/var/lib/valkey' } },
  monitor: {
    volumes: { prometheus: '/var/lib/prometheus', alertmanager: '/var/lib/alertmanager', state: '/var/lib/holdfast' },
    folders: { './alerts/generated': '/etc/holdfast-alerts' },
  },
  mail: { volumes: { state: '/var/lib/holdfast' }, folders: { './alerts/runbooks': '/etc/holdfast-runbooks' } },
  // Traces are kept in memory: they are of use for as long as people look into what just happened.
  trace: {},
};
