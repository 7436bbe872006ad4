import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';
import type { RenderedFile } from '../model/rendered-file.ts';
import type { Host } from '../model/topology.ts';
import type { StackContext } from '../observe/observation.ts';
import { CANDIDATE, isStateFile, PREVIOUS, readHostFiles, UNFINISHED, writeHostFiles } from '../stack/host-files.ts';
import { checkCandidate, reloadService, restartService, ServiceFailure } from './host-service.ts';
import type { PlannedHost } from './plan.ts';
import { renderMarker, type ServiceChange } from './service-change.ts';

interface ChangeOptions {
  readonly context: StackContext;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Default: the folder of this checkout. */
  readonly folder?: string;
}

type PlainFile = Pick<RenderedFile, 'path' | 'text'>;

/**
 * Gives a running host its new files and makes its services take them over: each reloads or restarts, and is confirmed by the process that serves
 * now. The programs of the host check the new files first, in a folder that no service starts from. Throws `roll-stopped` with their message:
 *
 * - If a service rejects the new files in that check, nothing was changed.
 * - If it rejects them later, the host has its old files again, and the services that had changed take these over.
 *
 * A process that is killed leaves the marker `unfinished`, which names the services. Then all files in place have passed the check, and the files from
 * before are in {@link PREVIOUS}. The next call completes the change, or restores these.
 */
export async function changeServices(planned: PlannedHost, options: ChangeOptions): Promise<void> {
  const { host, files, services = [] } = planned;
  const { context, signal, onProgress, folder = PATHS.hosts } = options;
  const at = join(folder, host.name);
  const candidate = { name: join(host.name, CANDIDATE) };
  try {
    await writeHostFiles(candidate, files, folder);
    for (const { service } of services) await checkCandidate(context.hosts, { host: host.name, service, signal });
  } catch (error) {
    if (!(error instanceof ServiceFailure)) throw error;
    throw rejection(host, error, `${host.name} serves with its old files.`);
  } finally {
    await rm(join(at, CANDIDATE), { recursive: true, force: true });
  }
  const before = await keepPrevious(host, folder);
  const marker = { path: UNFINISHED, text: renderMarker(services) };
  await writeFile(join(at, UNFINISHED), marker.text);
  await writeHostFiles(host, [...newFirst(files, before), marker], folder);
  const changed: ServiceChange[] = [];
  try {
    for (const change of services) {
      changed.push(change);
      onProgress(`${host.name}: ${await applyChange(change, host, options)}`);
    }
  } catch (error) {
    if (!(error instanceof ServiceFailure)) throw error;
    await writeHostFiles(host, [...newFirst(before, files), marker], folder);
    for (const change of changed) await restoreService(change, host, { options, cause: error });
    await removeMarker(at);
    throw rejection(host, error, `${host.name} has its old files again and serves with them.`);
  }
  await removeMarker(at);
}

/** Returns the line that confirms the change: the process that serves now. */
async function applyChange({ service, how }: ServiceChange, host: Host, options: ChangeOptions): Promise<string> {
  const { context, signal } = options;
  const target = { host: host.name, service, signal };
  const confirmed = await (how === 'reload' ? reloadService : restartService)(context.hosts, target);
  return `${service}: ${confirmed}`;
}

async function restoreService(
  change: ServiceChange,
  host: Host,
  { options, cause }: { readonly options: ChangeOptions; readonly cause: ServiceFailure },
): Promise<void> {
  try {
    await applyChange(change, host, options);
  } catch (error) {
    if (!(error instanceof ServiceFailure)) throw error;
    throw new HoldfastError(
      'roll-stopped',
      `${cause.message} ${host.name} has its old files again, but ${change.service} did not take them over: ${error.message}`,
      { cause: error, fix: `Check \`./holdfast logs ${host.name}\`, then repeat \`./holdfast up\`.` },
    );
  }
}

function rejection(host: Host, cause: ServiceFailure, state: string): HoldfastError {
  return new HoldfastError('roll-stopped', `${cause.message}\n${state}`, {
    cause,
    fix: `Correct the configuration of ${host.name} and repeat \`./holdfast up\`. Hosts that were not changed yet are unchanged.`,
  });
}

/**
 * Copies the current files of a host to {@link PREVIOUS}, and returns them. After an interrupted change of services, they are there already: the current
 * ones are new and were not confirmed.
 */
async function keepPrevious(host: Host, folder: string): Promise<readonly PlainFile[]> {
  const current = await readHostFiles(host, folder);
  const previous = { name: join(host.name, PREVIOUS) };
  const kept = await readHostFiles(previous, folder);
  const isKept = current.has(UNFINISHED) && kept.size > 0;
  const files = [...(isKept ? kept : current)]
    .filter(([path]) => !isStateFile(path))
    .map(([path, text]) => ({ path, text }));
  if (!isKept) {
    await mkdir(join(folder, previous.name), { recursive: true });
    await writeHostFiles(previous, files, folder);
  }
  return files;
}

/** A configuration may refer to files that are new, so that these are written before it. */
function newFirst(files: readonly PlainFile[], before: readonly PlainFile[]): readonly PlainFile[] {
  const known = new Set(before.map(({ path }) => path));
  const rank = ({ path }: PlainFile): number => (known.has(path) ? 1 : 0);
  return files.toSorted((one, other) => rank(one) - rank(other));
}

/** The marker is removed first: files in {@link PREVIOUS} without a marker have no meaning. */
async function removeMarker(at: string): Promise<void> {
  await rm(join(at, UNFINISHED), { force: true });
  await rm(join(at, PREVIOUS), { recursive: true, force: true });
}
