import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { waitFor } from '../../kit/deadline.ts';
import { callEngine, openDocker } from '../../kit/docker.ts';
import { containerName } from '../../kit/hosts.ts';

/** Folder of the exporter's files in its container. */
export const EXPORTER_FILES = '/etc/peer';

/** A Debian exporter and its configuration. */
export interface ReferenceExporter {
  readonly name: string;
  readonly command: readonly string[];
  readonly port: number;
  /** Files in {@link EXPORTER_FILES}: name → text. Passwords are in files, never on a command line. */
  readonly files: Readonly<Record<string, string>>;
  /** The host whose PID namespace it shares, and through which it reads that host's files. Missing: it only uses the network. */
  readonly beside?: string;
}

interface RunningExporter extends AsyncDisposable {
  /** CPU seconds of its container so far, including the programs that it has run. */
  cpuSeconds(): Promise<number>;
}

interface StartOptions {
  readonly monitor: string;
  /** URL of its metrics. */
  readonly url: string;
  readonly signal: AbortSignal;
}

/**
 * Starts an exporter in the network namespace of a monitor host, so that it reaches the same targets without any change to the networks. Disposing
 * removes it. Throws `deadline` when it does not answer.
 */
export async function startReferenceExporter(
  exporter: ReferenceExporter,
  { monitor, url, signal }: StartOptions,
): Promise<RunningExporter> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-peer-'));
  const name = containerName(`peer-${exporter.name}`);
  const release = async (): Promise<void> => {
    await execa('docker', ['rm', '--force', name], { reject: false });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const [file, text] of Object.entries(exporter.files))
      await writeFile(join(folder, file), text, { mode: 0o600 });
    await execa('docker', ['rm', '--force', name], { reject: false });
    const flags = ['--detach', `--name=${name}`, `--network=container:${containerName(monitor)}`, '--memory=256m'];
    // Reading another host's files through /proc/<pid>/root requires SYS_PTRACE.
    if (exporter.beside !== undefined)
      flags.push(`--pid=container:${containerName(exporter.beside)}`, '--cap-add=SYS_PTRACE');
    const volume = `--volume=${folder}:${EXPORTER_FILES}:ro`;
    await execa('docker', ['run', ...flags, volume, 'holdfast/peers:dev', ...exporter.command], {
      cancelSignal: signal,
    });
    await waitFor(async (until) => (await fetch(url, { signal: until })).ok, {
      what: `Debian's exporter of ${exporter.name}`,
      deadlineMs: 10_000,
      signal,
    });
  } catch (error) {
    await release();
    throw error;
  }
  return { cpuSeconds: () => readCpuSeconds(name), [Symbol.asyncDispose]: release };
}

async function readCpuSeconds(name: string): Promise<number> {
  const stats = await callEngine(`read the usage of ${name}`, () =>
    openDocker().getContainer(name).stats({ stream: false, 'one-shot': true }),
  );
  return stats.cpu_stats.cpu_usage.total_usage / 1e9;
}
