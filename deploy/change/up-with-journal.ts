import { messageOf } from '../../kit/errors.ts';
import { continueChange, findInterrupted, openChange, removeChange } from './change-journal.ts';
import { publishOperations } from './drains.ts';
import type { ChangeWatch } from '../model/change-watch.ts';
import { up, type UpOptions } from './up.ts';

interface JournalOptions extends Omit<UpOptions, 'hooks'> {
  readonly openWatch: () => Promise<ChangeWatch>;
}

/**
 * `up` as a change of the journal. It also ends interrupted changes, because it completes their hosts. A call that changes nothing leaves no entry. Clients
 * and alerts are observed while hosts are rolled, so not with `isAtOnce`.
 */
export async function upWithJournal({ openWatch, ...options }: JournalOptions): Promise<void> {
  const interrupted = await findInterrupted();
  const change = await openChange({ what: 'up', operation: { kind: 'up', atOnce: options.isAtOnce }, reason: 'up' });
  let watch: ChangeWatch | undefined;
  const watchOnce = async (): Promise<ChangeWatch> => (watch ??= await openWatch());
  const cost = async (): Promise<Awaited<ReturnType<ChangeWatch['readCost']>>> =>
    watch?.readCost().catch(() => undefined);
  const ended = async (): Promise<object> => {
    const value = await cost();
    return value === undefined ? {} : { cost: value };
  };
  let differing: readonly string[] = [];
  try {
    await up({
      ...options,
      hooks: {
        onPlan: (hosts) => {
          differing = hosts;
        },
        onStep: (host, step) => {
          change.step(host, step);
        },
        onDone: change.done,
        watch: {
          announce: async (host) => (await watchOnce()).announce(host),
          findHarm: async () => (await watchOnce()).findHarm(),
        },
      },
    });
    if (differing.length === 0) removeChange(change.id);
    else change.end('completed', await ended());
    for (const left of interrupted) continueChange(left).end('aborted', { problem: '`up` completed its hosts' });
  } catch (error) {
    change.end('stopped', { problem: messageOf(error), ...(await ended()) });
    throw error;
  } finally {
    await publishOperations(options.topology);
  }
}
