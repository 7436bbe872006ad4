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
 * Starts the healer process and sends it the topology. It has a separate session, so that neither a signal to the terminal nor
 * `kill -9` of this process ends it. It exits when this process has exited and no faults are left. Its log is `healer.log`. Returns its process ID.
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
    // The healer sends a message when it watches the journal. A healer that crashes at start would leave abandoned faults in place.
    const signal = AbortSignal.timeout(READY_DEADLINE_MS);
    healer.send(topology);
    const exited = once(healer, 'exit', { signal }).then(() => {
      throw new Error(`it ended at once; ${join(logs, 'healer.log')} says why`);
    });
    await Promise.race([once(healer, 'message', { signal }), exited]);
    exited.catch(() => undefined);
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
