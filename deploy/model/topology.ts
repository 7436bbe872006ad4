import { DRILL, type Profile } from './profile.ts';

/**
 * The model of the stack: the single source of truth. Configurations, the Compose file, scrape targets, alert scopes, fault targets and
 * guarantees are derived from it by pure functions.
 */
export interface Topology {
  readonly profile: Profile;
  readonly networks: Readonly<Record<NetworkName, Network>>;
  readonly hosts: readonly Host[];
  /** Addresses that move between the load balancers, one per network whose clients use them. */
  readonly virtualAddresses: Readonly<Record<'front' | 'app', VirtualAddress>>;
  readonly routes: Readonly<Record<RouteName, Route>>;
  /** Dependencies of processes on other tiers; with `toxiproxy`, each goes through a proxy on the consumer's host. */
  readonly dependencies: readonly Dependency[];
  /** Whether connections to dependencies go through Toxiproxy. */
  readonly toxiproxy: boolean;
  readonly links: Links;
}

/** Base URLs for links in mails, as readers reach them (`https://grafana.example`). Default: the pages that the stack publishes itself. */
export interface Links {
  /** A page per alert, named after it. */
  readonly runbooks?: string;
  /** A Grafana with the dashboards of this project. */
  readonly dashboards?: string;
  readonly prometheus?: string;
  readonly alertmanager?: string;
  /** A Zipkin with the traces of failed requests. */
  readonly traces?: string;
  /** A trace log store with the log lines of a trace. */
  readonly logs?: string;
}

export type NetworkName = 'front' | 'app' | 'data' | 'ops' | 'publish';

interface Network {
  readonly name: NetworkName;
  /** CIDR inside 198.18.0.0/15, the range that RFC 2544 reserves for benchmarks. */
  readonly subnet: string;
  /** Internal networks have no outbound access. `publish` exists only because Docker cannot publish ports on internal networks. */
  readonly internal: boolean;
}

/** One server; in this stack, a container instead of a physical or virtual machine. */
export interface Host {
  /** `lb1`, `db3` … : tier and number, unique. */
  readonly name: string;
  readonly tier: Tier;
  readonly addresses: Readonly<Partial<Record<NetworkName, string>>>;
  readonly memoryMiB: number;
  /** Whether `up` starts it; otherwise it is a standby slot for scaling. */
  readonly enabled: boolean;
  /** Loopback ports of the user's machine → ports of the host. */
  readonly published: readonly PublishedPort[];
}

interface PublishedPort {
  readonly loopbackPort: number;
  readonly port: number;
  readonly what: string;
}

interface VirtualAddress {
  readonly network: NetworkName;
  readonly address: string;
  readonly routerId: number;
}

export type RouteName = 'http' | 'https' | 'app-pool' | 'db-write' | 'db-read' | 'cache';

/** A service of the load balancer pair: clients connect to a virtual IP and a port, never to an instance. */
interface Route {
  readonly name: RouteName;
  readonly virtualAddress: 'front' | 'app';
  readonly port: number;
  /** The tier that serves the route, and its network and port. */
  readonly target: { readonly tier: Tier; readonly network: NetworkName; readonly port: number };
}

export interface Dependency {
  /** Also the name of the proxy in Toxiproxy. */
  readonly name: RouteName | 'origin';
  readonly consumer: Tier;
  readonly route: RouteName;
  /** Port of the proxy on the consumer's loopback; below the ephemeral range. */
  readonly proxyPort: number;
}

/** Ports of services on the hosts themselves; a route's port is in {@link Topology.routes}. */
export const PORTS = {
  /** HAProxy of an edge, in front of Varnish. */
  edge: 8080,
  /** Removes objects from an edge's cache, in the network `ops`. */
  edgePurge: 8081,
  nginx: 8080,
  nginxStatus: 8090,
  app: 3000,
  appMetrics: 9464,
  mysql: 3306,
  groupReplication: 33061,
  valkey: 6379,
  sentinel: 26379,
  toxiproxy: 8474,
  haproxyStats: 8404,
  haproxyPeers: 10_000,
  roleAgentCheck: 9190,
  roleAgentMetrics: 9191,
  lbState: 9192,
  prometheus: 9090,
  alertmanager: 9093,
  alertmanagerGossip: 9094,
  notifier: 9099,
  exporter: 9400,
  facts: 9101,
  varnishFacts: 9102,
  /** UDP: receives access-log lines, in the network `ops`. */
  accessLogs: 9514,
  /** UDP: receives whole log lines of requests, in the network `ops`. */
  traceLogs: 9515,
  /** The trace log store's web pages. */
  traceLogsPage: 9412,
  smtp: 1025,
  mailbox: 8025,
  zipkin: 9411,
} as const;

/** Number of slots in the application pool. */
export const MAX_APP_HOSTS = 8;

const NETWORKS: Topology['networks'] = {
  front: { name: 'front', subnet: '198.18.0.0/24', internal: true },
  app: { name: 'app', subnet: '198.18.1.0/24', internal: true },
  data: { name: 'data', subnet: '198.18.2.0/24', internal: true },
  ops: { name: 'ops', subnet: '198.18.3.0/24', internal: true },
  publish: { name: 'publish', subnet: '198.18.4.0/24', internal: false },
};

const ROUTES: Topology['routes'] = {
  http: { name: 'http', virtualAddress: 'front', port: 80, target: { tier: 'web', network: 'app', port: PORTS.nginx } },
  https: {
    name: 'https',
    virtualAddress: 'front',
    port: 443,
    target: { tier: 'web', network: 'app', port: PORTS.nginx },
  },
  'app-pool': {
    name: 'app-pool',
    virtualAddress: 'app',
    port: 8081,
    target: { tier: 'app', network: 'app', port: PORTS.app },
  },
  'db-write': {
    name: 'db-write',
    virtualAddress: 'app',
    port: 3306,
    target: { tier: 'db', network: 'data', port: PORTS.mysql },
  },
  'db-read': {
    name: 'db-read',
    virtualAddress: 'app',
    port: 3307,
    target: { tier: 'db', network: 'data', port: PORTS.mysql },
  },
  cache: {
    name: 'cache',
    virtualAddress: 'app',
    port: 6379,
    target: { tier: 'cache', network: 'data', port: PORTS.valkey },
  },
};

const DEPENDENCIES: Topology['dependencies'] = [
  { name: 'origin', consumer: 'edge', route: 'http', proxyPort: 18080 },
  { name: 'app-pool', consumer: 'web', route: 'app-pool', proxyPort: 18081 },
  { name: 'db-write', consumer: 'app', route: 'db-write', proxyPort: 13306 },
  { name: 'db-read', consumer: 'app', route: 'db-read', proxyPort: 13307 },
  { name: 'cache', consumer: 'app', route: 'cache', proxyPort: 16379 },
];

/** Number, networks, addresses and memory limit of a tier's hosts. */
interface TierPlan {
  readonly hosts: number;
  readonly networks: readonly NetworkName[];
  readonly firstOctet: number;
  readonly memoryMiB: number;
  /** Prefix of the hosts' names; default: the tier. */
  readonly hostName?: string;
  readonly published?: (index: number) => readonly PublishedPort[];
}

const TIERS = {
  edge: {
    hosts: 2,
    networks: ['front', 'ops', 'publish'],
    firstOctet: 21,
    memoryMiB: 512,
    published: (index) => [{ loopbackPort: 8080 + index, port: PORTS.edge, what: 'the shop' }],
  },
  lb: { hosts: 2, networks: ['front', 'app', 'data', 'ops'], firstOctet: 11, memoryMiB: 512 },
  web: { hosts: 2, networks: ['app', 'ops'], firstOctet: 31, memoryMiB: 192 },
  app: { hosts: MAX_APP_HOSTS, networks: ['app', 'ops'], firstOctet: 41, memoryMiB: 512 },
  db: { hosts: 3, networks: ['data', 'ops'], firstOctet: 51, memoryMiB: 1024 },
  cache: { hosts: 3, networks: ['data', 'ops'], firstOctet: 61, memoryMiB: 192 },
  monitor: {
    hosts: 2,
    hostName: 'mon',
    // The prober sends requests to every hop on the network of its clients.
    networks: ['front', 'app', 'ops', 'publish'],
    firstOctet: 71,
    memoryMiB: 768,
    published: (index) => [
      { loopbackPort: 9090 + index, port: PORTS.prometheus, what: 'Prometheus' },
      { loopbackPort: 9092 + index, port: PORTS.alertmanager, what: 'Alertmanager' },
    ],
  },
  mail: {
    hosts: 1,
    networks: ['ops', 'publish'],
    firstOctet: 81,
    memoryMiB: 320,
    published: () => [{ loopbackPort: 8025, port: PORTS.mailbox, what: 'the on-call mailbox' }],
  },
  trace: {
    hosts: 1,
    networks: ['ops', 'publish'],
    firstOctet: 91,
    memoryMiB: 416,
    published: () => [
      { loopbackPort: 9411, port: PORTS.zipkin, what: 'traces' },
      { loopbackPort: 9412, port: PORTS.traceLogsPage, what: 'logs by trace' },
    ],
  },
} as const satisfies Readonly<Record<string, TierPlan>>;

export type Tier = keyof typeof TIERS;

/** Every tier. `holdfast/TIER` is the image of its hosts. */
export const TIER_NAMES = Object.keys(TIERS) as readonly Tier[];

export interface TopologyOptions {
  /** Enabled application hosts, 1 … {@link MAX_APP_HOSTS}. */
  readonly appHosts?: number;
  readonly toxiproxy?: boolean;
  readonly profile?: Profile;
  readonly links?: Links;
}

/** The reference topology, or one of its variants. `checkTopology` validates variants. */
export function makeTopology(options: TopologyOptions = {}): Topology {
  const { appHosts = 2, toxiproxy = true, profile = DRILL, links = {} } = options;
  const hosts = TIER_NAMES.flatMap((tier) =>
    Array.from({ length: TIERS[tier].hosts }, (_, offset) =>
      makeHost(tier, { index: offset + 1, enabled: tier !== 'app' || offset < appHosts }),
    ),
  );
  return {
    profile,
    networks: NETWORKS,
    hosts,
    virtualAddresses: {
      front: { network: 'front', address: addressIn('front', 10), routerId: 51 },
      app: { network: 'app', address: addressIn('app', 10), routerId: 52 },
    },
    routes: ROUTES,
    dependencies: DEPENDENCIES,
    toxiproxy,
    links,
  };
}

function makeHost(tier: Tier, place: { readonly index: number; readonly enabled: boolean }): Host {
  const plan: TierPlan = TIERS[tier];
  const octet = plan.firstOctet + place.index - 1;
  return {
    name: `${plan.hostName ?? tier}${place.index}`,
    tier,
    addresses: Object.fromEntries(plan.networks.map((network) => [network, addressIn(network, octet)])),
    memoryMiB: plan.memoryMiB,
    enabled: place.enabled,
    published: plan.published?.(place.index) ?? [],
  };
}

function addressIn(network: NetworkName, octet: number): string {
  return NETWORKS[network].subnet.replace(/\.0\/24$/, `.${octet}`);
}

/** Address of the load generator. */
export const LOAD_ADDRESS = addressIn('front', 90);

/**
 * Source addresses of the generated load, `first-last`: limits count per address, and each real customer has one. At the highest rate of a
 * suite, 2,000/s, each of these 32 sends 63/s.
 */
export const LOAD_CLIENTS = `${addressIn('front', 96)}-${addressIn('front', 127)}`;

/** The single address of the attacker in the hostile suite. */
export const HOSTILE_ADDRESS = addressIn('front', 91);

/** Addresses of Grafana, which runs only with its Compose profile. It is not a host of the stack, and nothing depends on it. */
export const GRAFANA = {
  addresses: { ops: addressIn('ops', 95), publish: addressIn('publish', 95) },
  port: 3000,
  loopbackPort: 3000,
} as const;

/** Enabled hosts of a tier, in the order of their numbers. */
export function hostsOf(topology: Topology, tier: Tier): readonly Host[] {
  return topology.hosts.filter((host) => host.tier === tier && host.enabled);
}

/** All hosts of a tier, including standby slots. */
export function slotsOf(topology: Topology, tier: Tier): readonly Host[] {
  return topology.hosts.filter((host) => host.tier === tier);
}

/** The address of a host on a network. Throws if the host is not attached to it, which is a programming error. */
export function addressOn(host: Host, network: NetworkName): string {
  const address = host.addresses[network];
  if (address === undefined) throw new Error(`${host.name} has no address on the network ${network}`);
  return address;
}

/** The virtual IP and port of a route. */
export function routeAddress(topology: Topology, name: RouteName): { readonly host: string; readonly port: number } {
  const route = topology.routes[name];
  return { host: topology.virtualAddresses[route.virtualAddress].address, port: route.port };
}

/** The host that stores traces, and the log lines of their requests. */
export function traceHostOf(topology: Topology): Host {
  const [store] = hostsOf(topology, 'trace');
  if (store === undefined) throw new Error('the topology has no host for traces');
  return store;
}

/** URL to which spans are posted. */
export function traceStoreUrl(topology: Topology): string {
  return `http://${addressOn(traceHostOf(topology), 'ops')}:${PORTS.zipkin}/api/v2/spans`;
}

/** The address that a consumer connects to for a dependency: its own Toxiproxy, or the route itself. */
export function dependencyAddress(
  topology: Topology,
  dependency: Dependency,
): { readonly host: string; readonly port: number } {
  if (topology.toxiproxy) return { host: '127.0.0.1', port: dependency.proxyPort };
  return routeAddress(topology, dependency.route);
}

/** URL of a host's service for a browser on this machine; undefined if it is not published. */
export function publishedUrl(host: Host | undefined, port: number): string | undefined {
  const found = host?.published.find((one) => one.port === port);
  return found === undefined ? undefined : `http://127.0.0.1:${found.loopbackPort}`;
}

/** The dependencies of a tier's processes. */
export function dependenciesOf(topology: Topology, tier: Tier): readonly Dependency[] {
  return topology.dependencies.filter((dependency) => dependency.consumer === tier);
}
