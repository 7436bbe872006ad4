import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readOrEmpty } from '../../kit/read-or-empty.ts';
import type { LineBook } from './line-book.ts';
import { parseSocketDrops } from './socket-drops.ts';

/** Where the servers' lines arrive. */
export interface Intake extends AsyncDisposable {
  readonly port: number;
  /** Datagrams that were read. */
  readonly received: () => number;
  /** Those of them that came from addresses that are no server's. */
  readonly foreign: () => number;
  /** What the kernel threw away because this process did not read fast enough; undefined where it does not tell. */
  readonly dropped: () => number | undefined;
  readonly bufferBytes: () => number;
}

interface IntakeOptions {
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** Address of a server → what its lines are counted into. */
  readonly books: ReadonlyMap<string, LineBook>;
}

/** Holds a burst of some thousand lines while this process does something else; the kernel gives what `net.core.rmem_max` allows. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** Listens for datagrams until it is disposed of. Each is read once and belongs to no position in anything, so no restart counts it twice. */
export async function openIntake({ address, port, books }: IntakeOptions): Promise<Intake> {
  let received = 0;
  let foreign = 0;
  const socket = createSocket('udp4');
  socket.on('message', (datagram, { address: sender }) => {
    received += 1;
    const book = books.get(sender);
    if (book === undefined) foreign += 1;
    // What is not ASCII is in no whole line, so no time is lost on decoding it.
    else book.take(datagram.toString('latin1'));
  });
  socket.bind(port, address);
  await once(socket, 'listening');
  socket.setRecvBufferSize(BUFFER_BYTES);
  const bound = socket.address().port;
  return {
    port: bound,
    received: () => received,
    foreign: () => foreign,
    dropped: () => parseSocketDrops(readOrEmpty('/proc/net/udp'), { address, port: bound }),
    bufferBytes: () => socket.getRecvBufferSize(),
    async [Symbol.asyncDispose]() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
