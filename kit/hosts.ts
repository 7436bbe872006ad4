import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { callEngine, openDocker } from './docker.ts';
import { HoldfastError, messageOf } from './errors.ts';

/** Name of the Compose project; prefix of networks and volumes. */
export const PROJECT = 'holdfast';

/** Name of the container of a host. */
export function containerName(host: string): string {
  return `${PROJECT}-${host}`;
}

/** State of the container of a host, as reported by the engine. */
export interface HostState {
  readonly host: string;
  readonly running: boolean;
  readonly paused: boolean;
  /** `none`: the image has no health check, or the container does not run. */
  readonly health: 'healthy' | 'unhealthy' | 'starting' | 'none';
  /** ISO 8601. */
  readonly startedAt: string;
  /** ID of the image that the container was created from. */
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Process ID of the container's init process on this machine; 0 if it is not running. */
  readonly pid: number;
  /** Network name of the topology → address, for the currently connected networks. */
  readonly networks: Readonly<Record<string, string>>;
  readonly limits: {
    readonly memoryBytes: number;
    /** CPU limit; `undefined`: none. */
    readonly cpus: number | undefined;
  };
}

/** Attachment of a host to a network. */
export interface NetworkAttachment {
  /** Network name of the topology. */
  readonly network: string;
  readonly address: string;
  /** Driver options of the Docker endpoint. */
  readonly options: Readonly<Record<string, string>>;
}

/** Whether a host runs, is not paused, and passes its health check. */
export function isHealthy(state: HostState | undefined): boolean {
  return state?.running === true && !state.paused && state.health === 'healthy';
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface ExecOptions {
  /** Default: root. */
  readonly user?: string;
  /** Default 10,000. */
  readonly timeoutMs?: number;
}

/**
 * Controls the hosts of the stack. Callers use host names of the topology; only this module knows that a host is a
 * container. Every method throws `HoldfastError` with `docker`, or `engine-missing` if the engine does not respond.
 * Changing a host to its current state does nothing.
 */
export interface Hosts {
  /** All hosts that have a container, running or not, by name. */
  list(): Promise<ReadonlyMap<string, HostState>>;
  state(host: string): Promise<HostState | undefined>;
  /** A crash, without a graceful shutdown. */
  kill(host: string): Promise<void>;
  /** A graceful shutdown. */
  stop(host: string): Promise<void>;
  start(host: string): Promise<void>;
  /** Shuts the host down gracefully and removes its container. */
  remove(host: string): Promise<void>;
  /** A hang: processes are not scheduled, connections stay open. */
  pause(host: string): Promise<void>;
  unpause(host: string): Promise<void>;
  /** Detaches the host from a network, like an unplugged cable. */
  disconnect(host: string, network: string): Promise<void>;
  connect(host: string, attachment: NetworkAttachment): Promise<void>;
  exec(host: string, argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
}

/** Runs a command on a host and returns its standard output. Throws `docker` with its standard error if it fails. */
export async function runOnHost(hosts: Pick<Hosts, 'exec'>, host: string, argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await hosts.exec(host, argv);
  if (code === 0) return stdout;
  const reason = stderr.trim() || stdout.trim() || `exit code ${code}`;
  throw new HoldfastError('docker', `\`${argv.join(' ')}\` failed on ${host}: ${reason}`, {
    fix: `Check \`./holdfast logs ${host}\`, and repeat the command.`,
  });
}

export function openHosts(docker: Docker = openDocker()): Hosts {
  const container = (host: string): Docker.Container => docker.getContainer(containerName(host));
  return {
    list: () => callEngine('list the hosts', () => listHosts(docker)),
    state: (host) => callEngine(`inspect ${host}`, () => readState(container(host), host)),
    kill: (host) => change(`kill ${host}`, () => container(host).kill({ signal: 'SIGKILL' })),
    stop: (host) => change(`stop ${host}`, () => container(host).stop({ t: 20 })),
    start: (host) => change(`start ${host}`, () => container(host).start()),
    remove: async (host) => {
      await change(`stop ${host}`, () => container(host).stop({ t: 20 }));
      await change(`remove ${host}`, () => container(host).remove());
    },
    pause: (host) => change(`pause ${host}`, () => container(host).pause()),
    unpause: (host) => change(`unpause ${host}`, () => container(host).unpause()),
    disconnect: (host, network) =>
      change(`disconnect ${host} from ${network}`, () =>
        docker.getNetwork(`${PROJECT}_${network}`).disconnect({ Container: containerName(host), Force: true }),
      ),
    connect: (host, attachment) =>
      change(`connect ${host} to ${attachment.network}`, () => connectHost(docker, host, attachment)),
    exec: (host, argv, options = {}) =>
      callEngine(`run ${argv[0] ?? ''} on ${host}`, () => execOn(container(host), argv, options)),
  };
}

/** Messages of the engine for a host that is already in the wanted state; some have status 500. */
const ALREADY_IN_STATE = /is not running|is not paused|is already paused|is not connected/;

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

async function change(what: string, act: () => Promise<unknown>): Promise<void> {
  await callEngine(what, async () => {
    try {
      await act();
    } catch (error) {
      if (statusOf(error) !== 304 && !ALREADY_IN_STATE.test(messageOf(error))) throw error;
    }
  });
}

async function listHosts(docker: Docker): Promise<ReadonlyMap<string, HostState>> {
  const found = await docker.listContainers({ all: true, filters: { label: ['org.holdfast.host'] } });
  const states = await Promise.all(
    found.map(async (info) => {
      const host = info.Labels['org.holdfast.host'] ?? '';
      // An interrupted Compose leaves a second container of the host, under another name.
      return info.Names.includes(`/${containerName(host)}`) ? readState(docker.getContainer(info.Id), host) : undefined;
    }),
  );
  return new Map(states.flatMap((state) => (state === undefined ? [] : [[state.host, state] as const])));
}

async function readState(container: Docker.Container, host: string): Promise<HostState | undefined> {
  let info: Docker.ContainerInspectInfo;
  try {
    info = await container.inspect();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
  const networks = Object.entries(info.NetworkSettings.Networks).flatMap(([name, network]) =>
    name.startsWith(`${PROJECT}_`) ? [[name.slice(PROJECT.length + 1), network.IPAddress] as const] : [],
  );
  return {
    host,
    running: info.State.Running,
    paused: info.State.Paused,
    health: parseHealth(info.State.Running ? info.State.Health?.Status : undefined),
    startedAt: info.State.StartedAt,
    imageId: info.Image,
    labels: info.Config.Labels,
    pid: info.State.Pid,
    networks: Object.fromEntries(networks),
    limits: limitsOf(info.HostConfig),
  };
}

/** Default period of the kernel's scheduler, in microseconds. */
const DEFAULT_PERIOD = 100_000;

/** Docker has two ways to limit CPUs; zero or a missing value means no limit. */
function limitsOf({ Memory, NanoCpus = 0, CpuQuota = 0, CpuPeriod = 0 }: Docker.HostConfig): HostState['limits'] {
  const period = CpuPeriod > 0 ? CpuPeriod : DEFAULT_PERIOD;
  const cpus = NanoCpus > 0 ? NanoCpus / 1e9 : CpuQuota > 0 ? CpuQuota / period : undefined;
  return { memoryBytes: Memory ?? 0, cpus };
}

function parseHealth(status: string | undefined): HostState['health'] {
  return status === 'healthy' || status === 'unhealthy' || status === 'starting' ? status : 'none';
}

async function connectHost(
  docker: Docker,
  host: string,
  { network, address, options }: NetworkAttachment,
): Promise<void> {
  const state = await readState(docker.getContainer(containerName(host)), host);
  if (state?.networks[network] === address) return;
  await docker.getNetwork(`${PROJECT}_${network}`).connect({
    Container: containerName(host),
    EndpointConfig: { IPAMConfig: { IPv4Address: address }, Aliases: [host], DriverOpts: { ...options } },
  });
}

interface Demultiplexer {
  demuxStream(stream: NodeJS.ReadableStream, stdout: PassThrough, stderr: PassThrough): void;
}

async function execOn(container: Docker.Container, argv: readonly string[], options: ExecOptions): Promise<ExecResult> {
  const { user = 'root', timeoutMs = 10_000 } = options;
  const exec = await container.exec({ Cmd: [...argv], User: user, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true, stdin: false });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  // The type of `modem` is missing from the client's types.
  (container.modem as Demultiplexer).demuxStream(stream, stdout, stderr);
  const texts = [collect(stdout), collect(stderr)];
  const timeout = setTimeout(() => stream.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    await new Promise<void>((resolve, reject) => {
      stream.once('end', resolve);
      stream.once('close', resolve);
      stream.once('error', reject);
    });
  } finally {
    clearTimeout(timeout);
    stdout.end();
    stderr.end();
  }
  const [out = '', err = ''] = await Promise.all(texts);
  return { code: await exitCodeOf(exec), stdout: out, stderr: err };
}

/** The engine closes the stream a moment before it knows the exit code. */
async function exitCodeOf(exec: Docker.Exec): Promise<number> {
  for (let attempts = 0; attempts < 50; attempts += 1) {
    const { ExitCode: code, Running: running } = await exec.inspect();
    if (!running && code !== null) return code;
    await sleep(20);
  }
  throw new Error('the command ended without an exit code');
}

async function collect(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
