import { openHosts, type Hosts, type HostState } from '../../kit/hosts.ts';
import { readRoutedHosts } from '../model/routed-hosts.ts';
import type { Host, Topology } from '../model/topology.ts';

/** Status of one host, as shown by `holdfast status`. */
export interface HostStatus {
  readonly host: string;
  readonly tier: string;
  /** `absent`: no container; `frozen`: paused; `cut off`: a network of the topology is missing. */
  readonly state: 'healthy' | 'unhealthy' | 'starting' | 'stopped' | 'frozen' | 'cut off' | 'absent';
  readonly addresses: Readonly<Record<string, string>>;
  /** Roles that only some hosts of a tier have: `virtual address 198.18.0.10`, `db-write`, `cache` … */
  readonly roles: readonly string[];
}

export interface StackStatus {
  readonly healthy: boolean;
  readonly hosts: readonly HostStatus[];
  /** Web pages of the stack: description → URL. */
  readonly pages: Readonly<Record<string, string>>;
}

export async function readStatus(topology: Topology, hosts: Hosts = openHosts()): Promise<StackStatus> {
  const [states, routed] = await Promise.all([hosts.list(), readRoutedHosts(hosts, topology)]);
  const shown = topology.hosts.filter((host) => host.enabled || states.get(host.name)?.running === true);
  const statuses = await Promise.all(
    shown.map(async (host): Promise<HostStatus> => {
      const state = states.get(host.name);
      const roles = state?.running === true && !state.paused ? await readAddresses(hosts, host, topology) : [];
      return {
        host: host.name,
        tier: host.tier,
        state: describe(host, state),
        addresses: { ...host.addresses },
        roles: [...roles, ...(routed.get(host.name) ?? [])],
      };
    }),
  );
  return { healthy: statuses.every(({ state }) => state === 'healthy'), hosts: statuses, pages: pagesOf(topology) };
}

/** Web pages of the stack, published on this machine's loopback. */
export function pagesOf(topology: Topology): Readonly<Record<string, string>> {
  return Object.fromEntries(
    topology.hosts
      .filter(({ enabled }) => enabled)
      .flatMap((host) =>
        host.published.map(
          ({ what, loopbackPort }) => [`${what} (${host.name})`, `http://127.0.0.1:${loopbackPort}`] as const,
        ),
      ),
  );
}

function describe(host: Host, state: HostState | undefined): HostStatus['state'] {
  if (state === undefined) return 'absent';
  if (state.paused) return 'frozen';
  if (!state.running) return 'stopped';
  const missing = Object.keys(host.addresses).some((network) => state.networks[network] === undefined);
  if (missing) return 'cut off';
  return state.health === 'none' ? 'starting' : state.health;
}

async function readAddresses(hosts: Hosts, host: Host, topology: Topology): Promise<readonly string[]> {
  if (host.tier !== 'lb') return [];
  const { stdout } = await hosts.exec(host.name, ['ip', '-o', '-4', 'address', 'show']).catch(() => ({ stdout: '' }));
  return Object.values(topology.virtualAddresses)
    .filter(({ address }) => stdout.includes(` ${address}/`))
    .map(({ address }) => `virtual address ${address}`);
}

/** A table as text. `drains`: drained hosts and interrupted changes; `silences`: the lines of `silence list`; `unrecorded`: faults in no fault journal. */
export function renderStatus(
  status: StackStatus,
  {
    drains = [],
    silences = [],
    unrecorded = [],
  }: {
    readonly drains?: readonly string[];
    readonly silences?: readonly string[];
    readonly unrecorded?: readonly string[];
  } = {},
): string {
  const rows = status.hosts.map((host) => [
    host.host,
    host.state,
    Object.entries(host.addresses)
      .filter(([network]) => network !== 'publish')
      .map(([network, address]) => `${network} ${address}`)
      .join('  '),
    host.roles.join(', '),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const pages = Object.entries(status.pages).map(([what, address]) => `${address}  ${what}`);
  const maintained = drains.length === 0 ? [] : ['', 'Maintenance:', ...drains];
  const silenced = silences.length === 0 ? [] : ['', 'Silenced:', ...silences];
  const disturbed = unrecorded.length === 0 ? [] : ['', 'Disturbed, and in no fault journal:', ...unrecorded];
  return [...table, ...maintained, ...silenced, ...disturbed, '', ...pages].join('\n');
}
