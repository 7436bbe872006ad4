import { ownIdentity } from '../../kit/process-identity.ts';
import type { Journal } from '../journal/journal.ts';

/**
 * In addition to its duration, a load takes up to 30 s to start its container, 60 s for its setup (k6's `setupTimeout`), 5 s to warm up, 18 s for
 * requests in flight, and the time for its summary. A machine that is short of CPU time takes several times as long.
 */
const SPARE_SECONDS = 300;

/**
 * Records a load in the fault journal, so that the healer ends it if this process is killed. An orphaned load would occupy the addresses of the next
 * load. To be called before the load is started, and disposed of after its end.
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
