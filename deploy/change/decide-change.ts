import { restartHost, type OnChange, type RenderedFile } from '../model/rendered-file.ts';
import { DRAINED, isStateFile, SECRETS_HASH, UNFINISHED, type HostFiles } from '../stack/host-files.ts';
import { parseDrain } from './drains.ts';
import { parseMarker, servicesToChange, type ServiceChange } from './service-change.ts';

/**
 * How a host gets its new state. `update`: only files that their readers open at each use, or a drain that is to be ended. `start`: it does not
 * run. `reload`: services reload changed files. `restart`: services restart; others may reload. `replace`: its container is created again.
 * `remove`: it is no longer part of the stack.
 */
export type Action = 'nothing' | 'update' | 'start' | 'reload' | 'restart' | 'replace' | 'remove';

/** A host as it is. */
export interface CurrentHost {
  /** Whether its container exists, and runs. */
  readonly container: 'running' | 'stopped' | 'none';
  /** Image ID and definition label of the container. */
  readonly imageId: string | undefined;
  readonly definition: string | undefined;
  readonly files: HostFiles;
}

/** A host as the topology has it. */
export interface WantedHost {
  readonly enabled: boolean;
  /** `undefined`: the image has to be built. */
  readonly imageId: string | undefined;
  readonly definition: string;
  readonly files: readonly RenderedFile[];
  /** Secrets of the host that the next `up` makes: missing ones, and certificates that are about to expire. */
  readonly dueSecrets?: readonly string[];
}

/** The change of one host, and the reasons for it. */
export interface HostChange {
  readonly action: Action;
  /** Such as `haproxy.cfg changed`. Empty for `nothing`. */
  readonly reasons: readonly string[];
  /** For `reload` and `restart`: the services that change. */
  readonly services?: readonly ServiceChange[];
}

/** The reason of a host whose change was interrupted. */
export const INTERRUPTED = 'an interrupted change';

/** Decides the change of a host. Pure. */
export function decideChange(current: CurrentHost, wanted: WantedHost): HostChange {
  if (!wanted.enabled) {
    return current.container === 'none'
      ? { action: 'nothing', reasons: [] }
      : { action: 'remove', reasons: ['not in the topology'] };
  }
  if (current.container !== 'running') return { action: 'start', reasons: ['not running'] };
  if (current.definition === undefined) return { action: 'replace', reasons: ['created by an earlier version'] };
  const changed = changedFiles(current.files, wanted.files);
  const reasons = [
    ...(current.files.has(UNFINISHED) ? [INTERRUPTED] : []),
    ...(current.imageId === wanted.imageId ? [] : [wanted.imageId === undefined ? 'image to be built' : 'new image']),
    ...(current.definition === wanted.definition ? [] : ['new container definition']),
    ...(wanted.dueSecrets ?? []).map((name) => `${name} is due`),
    ...changed.map(({ path, what }) =>
      path === SECRETS_HASH ? 'new secrets' : `${path.replace(/^config\//, '')} ${what}`,
    ),
  ];
  // Services read their secrets when the host starts.
  const isSameContainer =
    current.imageId === wanted.imageId &&
    current.definition === wanted.definition &&
    (wanted.dueSecrets ?? []).length === 0;
  const takenOver = [...changed.map(({ onChange }) => onChange), ...parseMarker(current.files.get(UNFINISHED))];
  const services = isSameContainer ? servicesToChange(takenOver) : undefined;
  const drained = isDrainedByChange(current.files) ? ['drained by an interrupted change'] : [];
  if (reasons.length + drained.length === 0) return { action: 'nothing', reasons };
  const all = [...drained, ...reasons];
  if (services === undefined) return { action: 'replace', reasons: all };
  if (services.length === 0) return { action: 'update', reasons: all };
  return { action: services.some(({ how }) => how === 'restart') ? 'restart' : 'reload', reasons: all, services };
}

/** The drain of an operator is no difference to the topology. */
function isDrainedByChange(files: HostFiles): boolean {
  const text = files.get(DRAINED);
  return text !== undefined && parseDrain('', text).kind === 'change';
}

interface ChangedFile {
  readonly path: string;
  readonly what: 'changed' | 'is new' | 'was removed';
  readonly onChange: OnChange;
}

function changedFiles(current: HostFiles, wanted: readonly RenderedFile[]): readonly ChangedFile[] {
  const paths = new Set(wanted.map(({ path }) => path));
  const folders = new Set([...current.keys()].map(folderOf));
  return [
    ...wanted
      .filter(({ path, text }) => current.get(path) !== text)
      .map(({ path, onChange }) => ({
        path,
        what: current.has(path) ? ('changed' as const) : ('is new' as const),
        // A folder that has to be created again is another one than the host has mounted.
        onChange: folders.has(folderOf(path)) ? onChange : restartHost,
      })),
    ...[...current.keys()]
      .filter((path) => !paths.has(path) && !isStateFile(path))
      .map((path) => ({ path, what: 'was removed' as const, onChange: restartHost })),
  ];
}

/** The mounted folder of a file. */
function folderOf(path: string): string {
  return path.split('/')[0] ?? '';
}
