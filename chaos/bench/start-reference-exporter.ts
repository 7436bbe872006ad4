import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { waitFor } from '../../kit/deadline.ts';
import { callEngine, openDocker } from '../../kit/docker.ts';
import { containerName } from '../../kit/hosts.ts';

/** Where a peer finds its files. */
export const PEER_FILES = '/etc/peer';

/** One exporter of Debian's, and what it needs. */
export interface Peer {
  readonly name: string;
  readonly command: readonly string[];
  readonly port: number;
  /** Files in {@link PEER_FILES}: name → text. Passwords stand here and on no command line. */
  readonly files: Readonly<Record<string, string>>;
  /** The host whose processes it sees, and by them its files, as if it ran there. Missing: it asks over the network only. */
  readonly beside?: string;
}

interface RunningPeer extends AsyncDisposable {
  /** Processor seconds of its whole container so far, programs that it has run included. */
  cpuSeconds(): Promise<number>;
}

interface StartOptions {
  readonly monitor: string;
  /** Where it answers. */
  readonly url: string;
  readonly signal: AbortSignal;
}

/**
 * Starts a peer in the network of a monitor host, so that it reaches what the monitor reaches and nothing is opened for it. It ends with the
 * disposal. Throws `deadline` when it does not answer.
 */
export async function startPeer(peer: Peer, { monitor, url, signal }: StartOptions): Promise<RunningPeer> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-peer-'));
  const name = containerName(`peer-${peer.name}`);
  const release = async (): Promise<void> => {
    await execa('docker', ['rm', '--force', name], { reject: false });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const [file, text] of Object.entries(peer.files)) await writeFile(join(folder, file), text, { mode: 0o600 });
    await execa('docker', ['rm', '--force', name], { reject: false });
    const flags = ['--detach', `--name=${name}`, `--network=container:${containerName(monitor)}`, '--memory=256m'];
    // Another host's files are reached through its processes, which only who may trace them can do.
    if (peer.beside !== undefined) flags.push(`--pid=container:${containerName(peer.beside)}`, '--cap-add=SYS_PTRACE');
    const volume = `--volume=${folder}:${PEER_FILES}:ro`;
    await execa('docker', ['run', ...flags, volume, 'holdfast/peers:dev', ...peer.command], { cancelSignal: signal });
    await waitFor(async (until) => (await fetch(url, { signal: until })).ok, {
      what: `Debian's exporter of ${peer.name}`,
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
