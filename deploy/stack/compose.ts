import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { renderGrafanaService } from '../tiers/grafana/service.ts';
import { attachmentsOf } from '../model/network-attachments.ts';
import { COMMON_CAPABILITIES, DEFAULT_PROCESSES, CONTAINER_OPTIONS } from '../model/container-options.ts';
import { APP_IMAGE } from './app-image.ts';
import type { Profile } from '../model/profile.ts';
import type { RenderedFile } from '../model/rendered-file.ts';
import { secretsOf, SECRETS } from '../model/secrets.ts';
import type { Host, NetworkName, Tier, Topology } from '../model/topology.ts';

/** The parts of the Compose specification that the stack uses. */
interface ComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, ComposeNetwork>>;
  readonly volumes: Readonly<Record<string, { readonly labels: Labels }>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

type Labels = Readonly<Record<string, string>>;

interface ComposeService {
  readonly image: string;
  readonly container_name: string;
  readonly hostname: string;
  readonly user?: string;
  readonly profiles?: readonly string[];
  readonly labels: Labels;
  readonly restart: 'unless-stopped';
  readonly stop_grace_period: string;
  readonly cap_drop: readonly string[];
  readonly cap_add: readonly string[];
  readonly security_opt: readonly string[];
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly mem_limit: string;
  readonly pids_limit: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly networks: Readonly<Record<string, { readonly ipv4_address: string; readonly driver_opts?: Labels }>>;
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly tmpfs: readonly string[];
  readonly secrets?: readonly string[];
  readonly healthcheck: Readonly<Record<string, unknown>>;
  readonly logging: { readonly driver: string; readonly options: Labels };
}

interface ComposeNetwork {
  readonly internal?: boolean;
  readonly labels: Labels;
  readonly driver_opts?: Labels;
  readonly ipam: { readonly config: readonly { readonly subnet: string; readonly ip_range: string }[] };
}

const LABEL = { 'org.holdfast': '1' } as const;

/**
 * The Compose file of a topology, as YAML. Each host has a label with the hash of its own definition, so that a plan can compare a running host
 * with it. `grafana`: its files are hashed into a label, so that Compose replaces it when they change.
 */
export function renderCompose(topology: Topology, grafana: readonly RenderedFile[]): string {
  const file: ComposeFile = {
    name: 'holdfast',
    services: {
      ...Object.fromEntries(
        topology.hosts.map((host) => [host.name, withDefinition(renderService(host, topology.profile))]),
      ),
      grafana: renderGrafanaService({
        ...LABEL,
        'org.holdfast.config': digestOf(grafana.flatMap(({ path, text }) => [path, text])),
      }),
    },
    networks: Object.fromEntries(
      Object.keys(topology.networks).map((name) => [name, renderNetwork(topology, name as NetworkName)]),
    ),
    volumes: Object.fromEntries(
      topology.hosts.flatMap((host) => volumesOf(host).map(([volume]) => [volume, { labels: LABEL }])),
    ),
    secrets: Object.fromEntries(
      SECRETS.filter(({ readers }) => readers.length > 0).map(({ name }) => [
        name,
        { file: `./.holdfast/secrets/${name}` },
      ]),
    ),
  };
  return `# Rendered from deploy/model/topology.ts by \`./holdfast render\`; a test keeps it so.\n${stringify(file, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** Label with the hash of a host's definition. */
export const DEFINITION = 'org.holdfast.definition';

function withDefinition(service: ComposeService): ComposeService {
  return { ...service, labels: { ...service.labels, [DEFINITION]: digestOf([JSON.stringify(service)]) } };
}

/** The definitions of the hosts of a topology, by name, as {@link DEFINITION} has them. */
export function definitionsOf(topology: Topology): ReadonlyMap<string, string> {
  return new Map(
    topology.hosts.map((host) => [
      host.name,
      withDefinition(renderService(host, topology.profile)).labels[DEFINITION] ?? '',
    ]),
  );
}

function renderService(host: Host, profile: Profile): ComposeService {
  const needs = CONTAINER_OPTIONS[host.tier];
  const secrets = secretsOf(host.tier);
  return {
    image: imageOf(host.tier),
    container_name: `holdfast-${host.name}`,
    hostname: host.name,
    // Standby slots are started by scaling, not by `up`.
    ...(host.enabled ? {} : { profiles: ['spare'] }),
    labels: {
      ...LABEL,
      'org.holdfast.host': host.name,
      'org.holdfast.tier': host.tier,
    },
    restart: 'unless-stopped',
    stop_grace_period: '12s',
    cap_drop: ['ALL'],
    cap_add: [...COMMON_CAPABILITIES, ...(needs.capabilities ?? [])],
    security_opt: ['no-new-privileges:true'],
    ...(needs.sysctls === undefined ? {} : { sysctls: needs.sysctls }),
    mem_limit: `${host.memoryMiB}m`,
    pids_limit: needs.processes ?? DEFAULT_PROCESSES,
    environment: { HOLDFAST_HOST: host.name },
    networks: Object.fromEntries(
      attachmentsOf(host, profile).map(({ network, address, options }) => [
        network,
        { ipv4_address: address, ...(Object.keys(options).length === 0 ? {} : { driver_opts: options }) },
      ]),
    ),
    ...(host.published.length === 0
      ? {}
      : { ports: host.published.map(({ loopbackPort, port }) => `127.0.0.1:${loopbackPort}:${port}`) }),
    volumes: [
      `./.holdfast/hosts/${host.name}/config:/etc/holdfast:ro`,
      ...Object.entries(needs.folders ?? {}).map(
        ([name, { mountedAt }]) => `./.holdfast/hosts/${host.name}/${name}:${mountedAt}:ro`,
      ),
      ...volumesOf(host).map(([volume, path]) => `${volume}:${path}`),
    ],
    tmpfs: ['/run:mode=0755,size=16m', ...(needs.tmpfs ?? [])],
    ...(secrets.length === 0 ? {} : { secrets }),
    healthcheck: {
      test: ['CMD', '/usr/local/bin/healthy'],
      interval: '30s',
      timeout: '5s',
      retries: 2,
      start_period: '180s',
      start_interval: '1s',
    },
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
  };
}

/** Application hosts run the current release, if there is one (./app-image.ts). */
function imageOf(tier: Tier): string {
  const image = `holdfast/${tier}:dev`;
  return tier === 'app' ? `\${${APP_IMAGE}:-${image}}` : image;
}

function renderNetwork(topology: Topology, name: NetworkName): ComposeNetwork {
  const { subnet, internal } = topology.networks[name];
  return {
    ...(internal ? { internal: true } : { driver_opts: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' } }),
    labels: LABEL,
    // The engine's automatic addresses must not collide with those of the topology.
    ipam: { config: [{ subnet, ip_range: subnet.replace(/\.0\/24$/, '.192/26') }] },
  };
}

function volumesOf(host: Host): readonly (readonly [string, string])[] {
  return Object.entries(CONTAINER_OPTIONS[host.tier].volumes ?? {}).map(([name, path]) => [
    `${host.name}-${name}`,
    path,
  ]);
}

function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\0`);
  return hash.digest('hex').slice(0, 16);
}
