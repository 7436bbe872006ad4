import { chmod, chown, copyFile, mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { LOAD_ADDRESS, LOAD_CLIENTS } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { PROJECT } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { FILES, loadContainerName, type ContainerPlan } from './container.ts';
import type { LoadOptions, LoadRun } from './load-run.ts';
import { runContainer } from './run-container.ts';

const DEFAULT_RATE = 200;
const DEFAULT_SECONDS = 60;
/** UID and GID of the user `nobody`, as which a load runs if its starter is root. */
const NOBODY_UID = 65_534;

/** Starts a suite in a container on the front network. Throws `usage` for a bad run id. */
export async function startLoad(options: LoadOptions): Promise<LoadRun> {
  const { suite, runId, rate = DEFAULT_RATE, durationSeconds: seconds = DEFAULT_SECONDS, signal } = options;
  if (!/^[a-zA-Z0-9-]{1,60}$/.test(runId)) throw new HoldfastError('usage', `${runId} is not a valid run ID.`);
  signal.throwIfAborted();
  const { targets } = options;
  const directory = resolve(options.directory);
  const place = await prepareDirectory(directory);
  const plan: ContainerPlan = {
    ...{ name: loadContainerName(runId), suite, runId, directory, rate, seconds, targets },
    ...{
      network: `${PROJECT}_front`,
      address: LOAD_ADDRESS,
      clients: LOAD_CLIENTS,
      processors: availableParallelism(),
    },
    ...place,
  };
  return runContainer(plan, signal);
}

/** Creates the directory, makes it writable for k6's user, and copies the certificate authority into it. */
async function prepareDirectory(directory: string): Promise<Pick<ContainerPlan, 'user' | 'hasAuthority'>> {
  await mkdir(directory, { recursive: true });
  const [uid, gid] = [process.getuid?.() ?? NOBODY_UID, process.getgid?.() ?? NOBODY_UID];
  const user = uid === 0 ? { uid: NOBODY_UID, gid: NOBODY_UID } : { uid, gid };
  if (uid === 0) await chown(directory, user.uid, user.gid);
  const authority = join(directory, FILES.authority);
  const hasAuthority = await copyFile(join(PATHS.secrets, 'ca-cert'), authority).then(
    () => true,
    () => false,
  );
  // A certificate is public; only its key is a secret.
  if (hasAuthority) await chmod(authority, 0o644);
  return { user: `${user.uid}:${user.gid}`, hasAuthority };
}
