/** Reads the facts of this machine that {@link ./check-machine.ts} checks. */
import { readFile, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import type Docker from 'dockerode';
import { z } from 'zod';
import { openDocker } from '../../kit/docker.ts';
import { PROJECT } from '../../kit/hosts.ts';
import type { MachineFacts, Route } from './check-machine.ts';
import { readEngine } from './engine/read-engine.ts';
import type { Topology } from '../model/topology.ts';

/** Reads the facts of this machine. Never throws: unreadable facts are undefined or empty. Takes well under a second. */
export async function readMachine(topology: Topology): Promise<MachineFacts> {
  const engine = await readEngine();
  const state =
    engine.engineVersion === undefined ? NO_ENGINE : await readEngineState(openDocker()).catch(() => NO_ENGINE);
  const ports = topology.hosts
    .filter(({ enabled }) => enabled)
    .flatMap((host) => host.published.map((port) => port.loopbackPort));
  const foreign = [...new Set(ports)].filter((port) => !state.ownPorts.includes(port));
  const [availableMemory, freeDisk, routes, taken] = await Promise.all([
    readAvailableMemory(),
    readFreeDisk(state.rootFolder),
    readRoutes(),
    Promise.all(foreign.map(async (port) => ((await isFree(port)) ? [] : [port]))),
  ]);
  return {
    engine,
    cores: availableParallelism(),
    availableMemory: availableMemory ?? state.totalMemory,
    freeDisk,
    imageCount: state.imageCount,
    runningHosts: state.runningHosts,
    takenPorts: taken.flat(),
    routes: routes.filter(({ device }) => !state.ownDevices.includes(device)),
    missingLimits: state.missingLimits,
  };
}

/** Facts reported by the engine. */
interface EngineState {
  readonly rootFolder: string;
  readonly totalMemory: number | undefined;
  readonly imageCount: number;
  readonly runningHosts: number;
  readonly ownPorts: readonly number[];
  readonly ownDevices: readonly string[];
  readonly missingLimits: readonly string[];
}

const NO_ENGINE: EngineState = {
  rootFolder: '/var/lib',
  totalMemory: undefined,
  imageCount: 0,
  runningHosts: 0,
  ownPorts: [],
  ownDevices: [],
  missingLimits: [],
};

const INFO = z.object({
  DockerRootDir: z.string(),
  MemTotal: z.number(),
  MemoryLimit: z.boolean(),
  CpuCfsQuota: z.boolean(),
  PidsLimit: z.boolean(),
});

async function readEngineState(docker: Docker): Promise<EngineState> {
  const label = [`com.docker.compose.project=${PROJECT}`];
  const info = INFO.parse(await docker.info());
  const [images, containers, networks] = await Promise.all([
    docker.listImages({ filters: { label: ['org.holdfast=1'] } }),
    docker.listContainers({ filters: { label } }),
    docker.listNetworks({ filters: { label } }),
  ]);
  const limits = { memory: info.MemoryLimit, cpu: info.CpuCfsQuota, pids: info.PidsLimit };
  return {
    rootFolder: info.DockerRootDir,
    totalMemory: info.MemTotal,
    imageCount: new Set(images.flatMap((image) => (image.RepoTags ?? []).filter((tag) => tag.endsWith(':dev')))).size,
    runningHosts: containers.length,
    ownPorts: containers.flatMap((container) => container.Ports.map((port) => port.PublicPort)),
    ownDevices: networks.map((network) => `br-${network.Id.slice(0, 12)}`),
    missingLimits: Object.entries(limits).flatMap(([name, present]) => (present ? [] : [name])),
  };
}

/** Available memory without swapping, as estimated by Linux. Undefined on other systems; the engine's total memory is used then. */
async function readAvailableMemory(): Promise<number | undefined> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

/** Undefined if the engine stores its images on another (virtual) machine. */
async function readFreeDisk(folder: string): Promise<number | undefined> {
  const found = await statfs(folder).catch(() => undefined);
  return found === undefined ? undefined : found.bavail * found.bsize;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

async function readRoutes(): Promise<readonly Route[]> {
  return parseRoutes(await readFile('/proc/net/route', 'utf8').catch(() => ''));
}

/** Parses /proc/net/route: addresses are hexadecimal, with the last octet first. */
export function parseRoutes(text: string): readonly Route[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter((fields) => fields.length > 7)
    .map(([device = '', destination = '', , , , , , mask = '']) => {
      const octets = (hex: string): readonly number[] => Buffer.from(hex, 'hex').reverse().toJSON().data;
      const ones = octets(mask).reduce((sum, octet) => sum + octet.toString(2).replaceAll('0', '').length, 0);
      return { device, destination: `${octets(destination).join('.')}/${ones}` };
    });
}
