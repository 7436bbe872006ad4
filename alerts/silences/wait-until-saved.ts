import { ALERTMANAGER_FOLDER, SAVE_EVERY_MS } from '../../deploy/tiers/monitor/render-alertmanager.ts';
import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import type { Hosts } from '../../kit/hosts.ts';
import { parseSnapshot, type SavedSilence } from './parse-snapshot.ts';

/** What the Alertmanager of a host has on disk. Throws when that cannot be read. */
export type ReadSaved = (host: string) => Promise<readonly SavedSilence[]>;

/** Reads the file on the host itself. Alertmanager writes the first one some seconds after its first start. */
export function readSavedOn(hosts: Pick<Hosts, 'exec'>): ReadSaved {
  const file = `${ALERTMANAGER_FOLDER}/silences`;
  return async (host) => {
    // What is collected from a command is text.
    const argv = ['sh', '-c', `test -e ${file} || exit 0; base64 -w0 ${file}`];
    const { code, stdout, stderr } = await hosts.exec(host, argv, { user: 'alertmanager' });
    if (code !== 0) throw new HoldfastError('docker', `Could not read ${file} on ${host}: ${stderr.trim()}`);
    return parseSnapshot(Buffer.from(stdout, 'base64'));
  };
}

/** Alertmanager saves at a tick; one that has just come is missed. */
const SAVED_WITHIN_MS = SAVE_EVERY_MS + 5_000;

/**
 * Waits until the disk of each of these hosts says what `isSaved` asks for; names those whose disk does not in time. Before that
 * the death of all members at once, as by a power cut, takes the change with it.
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

/** That a silence is there, and ends no sooner than that. */
export function hasSilence(id: string, endsAt: Date): (saved: readonly SavedSilence[]) => boolean {
  return (saved) => saved.some((one) => one.id === id && one.endsAtMs >= endsAt.getTime());
}

/** That none of these silences would be in force after a restart. */
export function hasNoneOf(ids: readonly string[], nowMs: number): (saved: readonly SavedSilence[]) => boolean {
  return (saved) => saved.every((one) => !ids.includes(one.id) || one.endsAtMs <= nowMs);
}
