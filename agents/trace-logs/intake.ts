import type { LineResult } from '../../exporters/catalog/trace-logs.ts';
import type { TraceLogsConfig } from './config.ts';
import { isLineSampled } from './is-line-sampled.ts';
import { readLine } from './read-line.ts';
import type { LogStore } from './store.ts';

interface IntakeContext {
  readonly store: LogStore;
  readonly count: (result: LineResult) => void;
  readonly now: () => number;
}

/** Handles received datagrams: each is one line, and is counted once by its result. */
export function makeIntake(
  { senders, keep, lineBytes }: Pick<TraceLogsConfig, 'senders' | 'keep' | 'lineBytes'>,
  { store, count, now }: IntakeContext,
): (datagram: Buffer, address: string) => void {
  const senderByAddress = new Map(senders.map((sender) => [sender.address, sender] as const));
  return (datagram, address) => {
    const sender = senderByAddress.get(address);
    if (sender === undefined) {
      count('unknown_source');
      return;
    }
    const line = readLine(datagram, lineBytes);
    if (line === undefined) {
      count('without_trace');
      return;
    }
    const { host, service } = sender;
    const { text, isCut } = line;
    const buffer = isLineSampled(line, keep) ? 'retained' : 'transient';
    const isKept = store.add(line.traceId, { atMs: now(), host, service, text, isCut }, buffer);
    count(isKept ? (isCut ? 'cut' : 'kept') : 'over_limit');
  };
}
