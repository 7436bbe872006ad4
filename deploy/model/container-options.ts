import { VARNISH_THREADS } from './edge-threads.ts';
import { immediate, reload, restart, type OnChange } from './rendered-file.ts';
import type { Tier } from './topology.ts';

/** A folder of the checkout that hosts of a tier mount a copy of. */
export interface MountedFolder {
  /** Path from the root of the checkout. */
  readonly from: string;
  readonly mountedAt: string;
  /** By the path of a file in the folder. */
  readonly onChange: (path: string) => OnChange;
}

/** Container options of a tier's hosts, beyond those that every host gets. */
interface HostNeeds {
  /** Capabilities beyond {@link COMMON_CAPABILITIES}. */
  readonly capabilities?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Folders in memory, with the options of `tmpfs` in the Compose file. */
  readonly tmpfs?: readonly string[];
  /** Maximum number of processes and threads; default {@link DEFAULT_PROCESSES}. */
  readonly processes?: number;
  /** Persistent state: suffix of the volume name, after the host name → mount point. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** Further read-only folders: name, beside `config`, in the host's folder of `PATHS.hosts` → source and mount point. */
  readonly folders?: Readonly<Record<string, MountedFolder>>;
}

/** Maximum number of processes and threads of a host. */
export const DEFAULT_PROCESSES = 512;

/** Needed by the init to give secrets to their services, to run services as their own users, and to stop them. */
export const COMMON_CAPABILITIES: readonly string[] = ['CHOWN', 'KILL', 'SETGID', 'SETUID'];

/** Servers start even if their network is disconnected or another host currently owns the virtual IP. */
const ALLOW_NONLOCAL_BIND = { 'net.ipv4.ip_nonlocal_bind': '1' };

/**
 * For planned handovers, see deploy/tiers/lb/handover.ts. A host responds to ARP requests for addresses of the receiving interface only, and never
 * announces a virtual IP as its own. An accepted connection inherits the mark of its SYN.
 */
const ALLOW_HANDOVER = {
  'net.ipv4.conf.all.arp_ignore': '1',
  'net.ipv4.conf.all.arp_announce': '2',
  'net.ipv4.tcp_fwmark_accept': '1',
};

export const CONTAINER_OPTIONS: Readonly<Record<Tier, HostNeeds>> = {
  // Varnish compiles its configuration and loads the result from here.
  edge: {
    sysctls: ALLOW_NONLOCAL_BIND,
    // Varnish uses a thread for each request and each fetch. The default on top lets health check and metrics start even then.
    processes: VARNISH_THREADS + DEFAULT_PROCESSES,
    tmpfs: ['/var/lib/varnish:mode=1777,size=96m,exec'],
  },
  lb: {
    // keepalived moves addresses, sends VRRP, and needs priority when CPU is scarce.
    capabilities: ['NET_ADMIN', 'NET_RAW', 'SYS_NICE'],
    sysctls: { ...ALLOW_NONLOCAL_BIND, ...ALLOW_HANDOVER, 'net.ipv4.ip_unprivileged_port_start': '0' },
    volumes: { state: '/var/lib/holdfast' },
  },
  web: { sysctls: ALLOW_NONLOCAL_BIND },
  app: {},
  db: { volumes: { data: '/var/lib/mysql' } },
  cache: { sysctls: ALLOW_NONLOCAL_BIND, volumes: { data: '/var/lib/valkey' } },
  monitor: {
    volumes: { prometheus: '/var/lib/prometheus', alertmanager: '/var/lib/alertmanager', state: '/var/lib/holdfast' },
    folders: {
      alerts: {
        from: 'alerts/generated',
        mountedAt: '/etc/holdfast-alerts',
        onChange: (path) => (path === 'plots.json' ? restart('notifier') : reload('prometheus')),
      },
    },
  },
  mail: {
    volumes: { state: '/var/lib/holdfast' },
    folders: {
      runbooks: { from: 'alerts/runbooks', mountedAt: '/etc/holdfast-runbooks', onChange: () => immediate },
    },
  },
  // Traces are in memory only: they are used to investigate recent requests.
  trace: {},
};
