import type { Tier } from './topology.ts';

/** What a tier's hosts ask of the machine they run on, beyond what every host gets. */
interface HostNeeds {
  /** Capabilities beyond {@link COMMON_CAPABILITIES}. */
  readonly capabilities?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string>>;
  /** State that outlives the host: volume name after the host's own → where it is mounted. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** Tracked folders of the checkout → where they are mounted, read-only. */
  readonly folders?: Readonly<Record<string, string>>;
}

/** The init hands secrets to their services, drops to their users and stops them: no more. */
export const COMMON_CAPABILITIES: readonly string[] = ['CHOWN', 'KILL', 'SETGID', 'SETUID'];

export const HOST_NEEDS: Readonly<Record<Tier, HostNeeds>> = {
  edge: {},
  lb: {
    // keepalived moves addresses and speaks VRRP; HAProxy binds to virtual addresses that are elsewhere just now.
    capabilities: ['NET_ADMIN', 'NET_RAW'],
    sysctls: { 'net.ipv4.ip_nonlocal_bind': '1' },
    volumes: { state: '/var/lib/holdfast' },
  },
  web: {},
  app: {},
  db: { volumes: { data: '/var/lib/mysql' } },
  cache: { volumes: { data: '/var/lib/valkey' } },
  monitor: {
    volumes: { prometheus: '/var/lib/prometheus', alertmanager: '/var/lib/alertmanager', state: '/var/lib/holdfast' },
    folders: { './alerts/generated': '/etc/holdfast-alerts' },
  },
  mail: { volumes: { state: '/var/lib/holdfast' } },
};
