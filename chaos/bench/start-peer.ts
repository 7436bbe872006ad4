import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { containerName } from '../../kit/hosts.ts';
import { ROOT } from '../../kit/paths.ts';

const IMAGE = 'holdfast/peers:dev';
/** Where a peer finds its files. */
export const PEER_FILES = '/etc/peer';

/** One exporter of Debian's, and what it needs. */
export interface Peer {
  readonly name: string;
  readonly command: readonly string[];
  readonly port: number;
  /** Files in {@link PEER_FILES}: name → text. Passwords stand here and on no command line. */
  readonly files: Readonly<Record<string, string>>;
}

/** Builds the image of the peers; a second when nothing has changed. */
export async function buildPeers(signal: AbortSignal): Promise<void> {
  const { exitCode, all } = await execa('docker', ['build', '--tag', IMAGE, join(ROOT, 'chaos/bench/peers')], {
    all: true,
    cancelSignal: signal,
    reject: false,
  });
  if (exitCode !== 0) throw new HoldfastError('image-build-failed', `The image of Debian's exporters: ${all}`);
}

/**
 * Starts a peer in the network of a monitor host, so that it reaches what the monitor reaches and nothing is opened for it. It ends with the
 * disposal.
 */
export async function startPeer(
  peer: Peer,
  { monitor, url, signal }: { readonly monitor: string; readonly url: string; readonly signal: AbortSignal },
): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-peer-'));
  const name = containerName(`peer-${peer.name}`);
  const release = async (): Promise<void> => {
    await execa('docker', ['rm', '--force', name], { reject: false });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const [file, text] of Object.entries(peer.files)) await writeFile(join(folder, file), text, { mode: 0o600 });
    const flags = ['--detach', `--name=${name}`, `--network=container:${containerName(monitor)}`, '--memory=256m'];
    const volume = `--volume=${folder}:${PEER_FILES}:ro`;
    await execa('docker', ['rm', '--force', name], { reject: false });
    await execa('docker', ['run', ...flags, volume, IMAGE, ...peer.command], { cancelSignal: signal });
    await waitFor(async (until) => (await fetch(url, { signal: until })).ok, {
      what: `Debian's exporter of ${peer.name}`,
      deadlineMs: 10_000,
      signal,
    });
  } catch (error) {
    await release();
    throw error;
  }
  return { [Symbol.asyncDispose]: release };
}
