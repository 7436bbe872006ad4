import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { PATHS, ROOT } from '../../kit/paths.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { ownIdentity } from './process-identity.ts';

/**
 * Starts the healer: a process in a session of its own, so that neither a signal to the terminal nor `kill -9` of this process
 * reaches it. It ends by itself. Returns its process id. What it does is in `healer.log`.
 */
export async function startHealer(
  options: { readonly journal?: string; readonly logs?: string } = {},
): Promise<number> {
  const { journal = PATHS.journal, logs = PATHS.logs } = options;
  await mkdir(logs, { recursive: true });
  const log = await open(join(logs, 'healer.log'), 'a');
  try {
    const program = join(ROOT, 'agents', 'healer', 'main.ts');
    const healer = spawn(process.execPath, [program, journal, JSON.stringify(ownIdentity())], {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await once(healer, 'spawn');
    healer.unref();
    if (healer.pid === undefined) throw new Error('it has no process id');
    return healer.pid;
  } catch (error) {
    throw new HoldfastError('heal-failed', `The healer did not start: ${messageOf(error)}`, { cause: error });
  } finally {
    await log.close();
  }
}
