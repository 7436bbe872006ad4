import { continueChange, findInterrupted, openChange, removeChange } from './change-journal.ts';
import type { ChangeWatch } from '../model/change-watch.ts';
import { recordEnd } from './run-change.ts';
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
  let differing: readonly string[] = [];
  await recordEnd({ change, topology: options.topology, findWatch: () => watch }, async () => {
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
    for (const left of interrupted)
      continueChange(left).end('aborted', { problem: 'followed by `up`, which completed or returned its hosts' });
  });
  if (differing.length === 0) removeChange(change.id);
}
