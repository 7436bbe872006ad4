import type { LineResult } from '../../exporters/catalog/logbook.ts';
import type { LogbookConfig } from './config.ts';
import { lineLeadsToTrace } from './is-line-sampled.ts';
import { readLine } from './read-line.ts';
import type { LogStore } from './store.ts';

interface Way {
  readonly store: LogStore;
  readonly count: (result: LineResult) => void;
  readonly now: () => number;
}

/** Takes what arrives: each datagram is one line, and counted once by what became of it. */
export function makeIntake(
  { senders, keep, lineBytes }: Pick<LogbookConfig, 'senders' | 'keep' | 'lineBytes'>,
  { store, count, now }: Way,
): (datagram: Buffer, address: string) => void {
  const known = new Map(senders.map((sender) => [sender.address, sender] as const));
  return (datagram, address) => {
    const sender = known.get(address);
    if (sender === undefined) {
      count('foreign');
      return;
    }
    const line = readLine(datagram, lineBytes);
    if (line === undefined) {
      count('without_trace');
      return;
    }
    const { host, service } = sender;
    const { text, isCut } = line;
    const shelf = lineLeadsToTrace(line, keep) ? 'lasting' : 'passing';
    const isKept = store.add(line.traceId, { atMs: now(), host, service, text, isCut }, shelf);
    count(isKept ? (isCut ? 'cut' : 'kept') : 'surplus');
  };
}
