import { ownIdentity } from '../../kit/process-identity.ts';
import type { Journal } from '../journal/journal.ts';

/** From its record until a load runs, and from its last request until its container is gone. */
const SPARE_SECONDS = 60;

/**
 * Writes a load into the journal of faults, so that the healer ends it if this process is killed: it takes the addresses of the next load. To be
 * called before the load is started; disposed of after its end.
 */
export async function recordLoad(
  journal: Journal,
  { runId, durationSeconds }: { readonly runId: string; readonly durationSeconds: number },
): Promise<AsyncDisposable> {
  const id = `load-${runId}`;
  const createdAt = Date.now();
  await journal.write({
    ...{ id, kind: 'load', description: `load ${runId}`, hosts: [], undo: { kind: 'load', runId } },
    ...{ injectedBy: ownIdentity(), createdAt, state: 'injected' },
    deadlineAt: createdAt + (durationSeconds + SPARE_SECONDS) * 1_000,
  });
  return { [Symbol.asyncDispose]: () => journal.remove(id) };
}
