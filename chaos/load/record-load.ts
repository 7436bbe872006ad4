import { ownIdentity } from '../../kit/process-identity.ts';
import type { Journal } from '../journal/journal.ts';

/**
 * Time that a load takes in addition to its duration: its container start (up to 30 s), setup (60 s, k6's `setupTimeout`) and warm-up (5 s),
 * requests in flight (18 s), and its summary. A machine that is short of CPU time takes several times as long.
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
