import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Topology } from '../../deploy/model/topology.ts';
import { PATHS, ROOT } from '../../kit/paths.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { ownIdentity } from '../../kit/process-identity.ts';

const READY_DEADLINE_MS = 20_000;

/**
 * Starts the healer: a process in a session of its own, so that neither a signal to the terminal nor `kill -9` of this process
 * reaches it, and sends it the model. It ends by itself. Returns its process id. What it does is in `healer.log`.
 */
export async function startHealer(
  topology: Topology,
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
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    // It says so when it watches the journal: a process that began and died would leave faults with nobody to undo them.
    const signal = AbortSignal.timeout(READY_DEADLINE_MS);
    healer.send(topology);
    const died = once(healer, 'exit', { signal }).then(() => {
      throw new Error(`it ended at once; ${join(logs, 'healer.log')} says why`);
    });
    await Promise.race([once(healer, 'message', { signal }), died]);
    died.catch(() => undefined);
    healer.disconnect();
    healer.unref();
    if (healer.pid === undefined) throw new Error('it has no process id');
    return healer.pid;
  } catch (error) {
    throw new HoldfastError('heal-failed', `The healer did not start: ${messageOf(error)}`, { cause: error });
  } finally {
    await log.close();
  }
}
