import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { callEngine, openDocker } from '../../kit/docker.ts';

/** CPU and memory usage of all hosts of the stack. */
export interface Usage {
  /** Share of all cores, 0 … 1, over the measured time. */
  readonly cpuRatio: number;
  /** Without file caches that the kernel can reclaim. */
  readonly memoryBytes: number;
  /** By host, highest CPU usage first: share of one core, and bytes. */
  readonly hosts: readonly { readonly host: string; readonly coreRatio: number; readonly memoryBytes: number }[];
}

interface Sample {
  readonly host: string;
  readonly cpuNanoseconds: number;
  readonly memoryBytes: number;
}

/** Measures CPU time and memory of all hosts over `seconds`, from the engine's cgroup counters. */
export async function readUsage(seconds: number, cores: number): Promise<Usage> {
  const docker = openDocker();
  const startedAt = performance.now();
  const before = await sample(docker);
  await sleep(seconds * 1000);
  const after = await sample(docker);
  const elapsed = (performance.now() - startedAt) * 1e6;
  const hosts = after
    .map(({ host, cpuNanoseconds, memoryBytes }) => {
      const earlier = before.find((other) => other.host === host)?.cpuNanoseconds ?? cpuNanoseconds;
      return { host, coreRatio: (cpuNanoseconds - earlier) / elapsed, memoryBytes };
    })
    .sort((a, b) => b.coreRatio - a.coreRatio);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    cpuRatio: sum(hosts.map(({ coreRatio }) => coreRatio)) / cores,
    memoryBytes: sum(hosts.map(({ memoryBytes }) => memoryBytes)),
    hosts,
  };
}

/** CPU usage still falls, because programs warm up, if it is below this share of the previous window. */
const STILL_FALLING = 0.95;

/**
 * Reads windows until the CPU usage no longer falls, at most `atMost`. The last window is the idle usage. If usage never settles, the last window is the
 * lowest, and above the idle usage.
 */
export async function readUntilSettled(
  readWindow: () => Promise<Usage>,
  atMost: number,
): Promise<readonly [Usage, ...Usage[]]> {
  const windows: [Usage, ...Usage[]] = [await readWindow()];
  while (windows.length < atMost) {
    const earlier = windows.at(-1)?.cpuRatio ?? 0;
    const window = await readWindow();
    windows.push(window);
    if (window.cpuRatio >= STILL_FALLING * earlier) break;
  }
  return windows;
}

async function sample(docker: Docker): Promise<readonly Sample[]> {
  const running = await callEngine('list the hosts', () =>
    docker.listContainers({ filters: { label: ['org.holdfast.host'] } }),
  );
  return Promise.all(
    running.map(async (info) => {
      const stats = await callEngine('read the usage', () =>
        docker.getContainer(info.Id).stats({ stream: false, 'one-shot': true }),
      );
      const memory = stats.memory_stats.stats as Partial<Record<string, number>> | undefined;
      // The first name is cgroup v1's, the second v2's.
      const droppable = memory?.['total_inactive_file'] ?? memory?.['inactive_file'] ?? 0;
      return {
        host: info.Labels['org.holdfast.host'] ?? info.Id,
        cpuNanoseconds: stats.cpu_stats.cpu_usage.total_usage,
        memoryBytes: stats.memory_stats.usage - droppable,
      };
    }),
  );
}
