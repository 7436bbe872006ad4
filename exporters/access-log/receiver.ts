import { openDatagrams, type Datagrams } from '../../kit/open-datagrams.ts';
import type { LineAggregator } from './line-aggregator.ts';

/** Socket that receives the access-log lines of the servers. */
export interface Receiver extends Datagrams {
  /** Number of datagrams from addresses that belong to no server. */
  readonly unknownSource: () => number;
}

interface ReceiverOptions {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** Address of a server → aggregator of its lines. */
  readonly aggregators: ReadonlyMap<string, LineAggregator>;
}

/** Listens for lines until it is disposed of. */
export async function openReceiver({ address, port, aggregators }: ReceiverOptions): Promise<Receiver> {
  let unknownSource = 0;
  const datagrams = await openDatagrams({
    address,
    port,
    onDatagram: (datagram, sender) => {
      const aggregator = aggregators.get(sender);
      if (aggregator === undefined) unknownSource += 1;
      // Well-formed lines are ASCII, so decoding UTF-8 would waste time.
      else aggregator.take(datagram.toString('latin1'));
    },
  });
  return { ...datagrams, unknownSource: () => unknownSource };
}
