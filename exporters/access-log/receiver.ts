import { openDatagrams, type Datagrams } from '../../kit/open-datagrams.ts';
import type { LineBook } from './line-aggregator.ts';

/** Where the servers' lines arrive. */
export interface Intake extends Datagrams {
  /** Datagrams that came from addresses that are no server's. */
  readonly foreign: () => number;
}

interface IntakeOptions {
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** Address of a server → what its lines are counted into. */
  readonly books: ReadonlyMap<string, LineBook>;
}

/** Listens for lines until it is disposed of. */
export async function openIntake({ address, port, books }: IntakeOptions): Promise<Intake> {
  let foreign = 0;
  const datagrams = await openDatagrams({
    address,
    port,
    take: (datagram, sender) => {
      const book = books.get(sender);
      if (book === undefined) foreign += 1;
      // What is not ASCII is in no whole line, so no time is lost on decoding it.
      else book.take(datagram.toString('latin1'));
    },
  });
  return { ...datagrams, foreign: () => foreign };
}
