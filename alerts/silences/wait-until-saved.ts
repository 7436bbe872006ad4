import { ALERTMANAGER_FOLDER, SAVE_INTERVAL_MS } from '../../deploy/tiers/monitor/render-alertmanager.ts';
import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import type { Hosts } from '../../kit/hosts.ts';
import { parseSnapshot, type SavedSilence } from './parse-snapshot.ts';

/** Reads the silences on the disk of a host's Alertmanager. Throws when the file cannot be read. */
export type ReadSaved = (host: string) => Promise<readonly SavedSilence[]>;

/** Reads the file on the host itself. Alertmanager writes the first one some seconds after its first start. */
export function readSavedOn(hosts: Pick<Hosts, 'exec'>): ReadSaved {
  const file = `${ALERTMANAGER_FOLDER}/silences`;
  return async (host) => {
    // Base64, because the output of a command is collected as text.
    const argv = ['sh', '-c', `test -e ${file} || exit 0; base64 -w0 ${file}`];
    const { code, stdout, stderr } = await hosts.exec(host, argv, { user: 'alertmanager' });
    if (code !== 0) throw new HoldfastError('docker', `Could not read ${file} on ${host}: ${stderr.trim()}`);
    return parseSnapshot(Buffer.from(stdout, 'base64'));
  };
}

/** Alertmanager saves periodically; a change just after a save waits for the next one. */
const SAVED_WITHIN_MS = SAVE_INTERVAL_MS + 5_000;

/**
 * Waits until `isSaved` is true for the disk of each of these hosts; returns the hosts for which it is not in time. Before that, a crash of all
 * members at once, such as a power cut, loses the change.
 */
export async function hostsNotSaved(
  hosts: readonly string[],
  isSaved: (saved: readonly SavedSilence[]) => boolean,
  { read, withinMs = SAVED_WITHIN_MS }: { readonly read: ReadSaved; readonly withinMs?: number },
): Promise<readonly string[]> {
  const waits = hosts.map(async (host) => {
    try {
      await waitFor(async () => isSaved(await read(host)), { what: `the disk of ${host}`, deadlineMs: withinMs });
      return [];
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'deadline') return [host];
      throw error;
    }
  });
  return (await Promise.all(waits)).flat();
}

/** Checks that a silence is saved and ends at `endsAt` or later. */
export function hasSilence(id: string, endsAt: Date): (saved: readonly SavedSilence[]) => boolean {
  return (saved) => saved.some((one) => one.id === id && one.endsAtMs >= endsAt.getTime());
}

/** Checks that none of these silences would be active after a restart. */
export function hasNoneOf(ids: readonly string[], nowMs: number): (saved: readonly SavedSilence[]) => boolean {
  return (saved) => saved.every((one) => !ids.includes(one.id) || one.endsAtMs <= nowMs);
}
