import type { MemberSilences } from './read-silences.ts';
import type { Matcher } from './subject.ts';

interface SilenceSpec {
  /** Of the silence to update; `undefined`: a new one. */
  readonly id: string | undefined;
  readonly matchers: readonly Matcher[];
  /** Default: now. */
  readonly startsAt: string | undefined;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
}

/** Creates or updates a silence on the first member that accepts it, which sends it to the others. Throws the last error if none accepts it. */
export async function putSilence({ reachable }: MemberSilences, change: SilenceSpec): Promise<void> {
  const { id, matchers, startsAt = new Date().toISOString(), endsAtMs, createdBy, comment } = change;
  const spec = { matchers, startsAt, endsAt: new Date(endsAtMs).toISOString(), createdBy, comment };
  let failure: unknown;
  for (const { member, silences } of reachable) {
    const isKnown = silences.some((one) => one.id === id);
    try {
      await member.put(id !== undefined && isKnown ? { ...spec, id } : spec);
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
