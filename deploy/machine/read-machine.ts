/** Reads from this machine what {@link ./check-machine.ts} judges. */
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

/** Never throws: what cannot be read is undefined or empty. Takes well under a second. */
export async function readMachine(topology: Topology): Promise<MachineFacts> {
  const engine = await readEngine();
  const store = engine.engineVersion === undefined ? NO_STORE : await readStore(openDocker()).catch(() => NO_STORE);
  const ports = topology.hosts
    .filter(({ enabled }) => enabled)
    .flatMap((host) => host.published.map((port) => port.loopbackPort));
  const foreign = [...new Set(ports)].filter((port) => !store.ownPorts.includes(port));
  const [availableMemory, freeDisk, routes, taken] = await Promise.all([
    readAvailableMemory(),
    readFreeDisk(store.rootFolder),
    readRoutes(),
    Promise.all(foreign.map(async (port) => ((await isFree(port)) ? [] : [port]))),
  ]);
  return {
    engine,
    cores: availableParallelism(),
    availableMemory: availableMemory ?? store.totalMemory,
    freeDisk,
    imageCount: store.imageCount,
    runningHosts: store.runningHosts,
    takenPorts: taken.flat(),
    routes: routes.filter(({ device }) => !store.ownDevices.includes(device)),
    missingLimits: store.missingLimits,
  };
}

/** What the engine tells. */
interface Store {
  readonly rootFolder: string;
  readonly totalMemory: number | undefined;
  readonly imageCount: number;
  readonly runningHosts: number;
  readonly ownPorts: readonly number[];
  readonly ownDevices: readonly string[];
  readonly missingLimits: readonly string[];
}

const NO_STORE: Store = {
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

async function readStore(docker: Docker): Promise<Store> {
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

/** What can be given out without swapping, as Linux estimates it; undefined elsewhere (the engine then tells its total). */
async function readAvailableMemory(): Promise<number | undefined> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

/** Undefined where the engine keeps its images on another (virtual) machine. */
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

/** Reads /proc/net/route: addresses are hexadecimal, the last octet first. */
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
