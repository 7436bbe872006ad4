import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readOrEmpty } from './read-or-empty.ts';
import { parseSocketDrops } from './socket-drops.ts';

/** A socket on which datagrams arrive. */
export interface Datagrams extends AsyncDisposable {
  readonly port: number;
  /** Datagrams that were read. */
  readonly received: () => number;
  /** What the kernel threw away because this process did not read fast enough; undefined where it does not tell. */
  readonly dropped: () => number | undefined;
  readonly bufferBytes: () => number;
}

interface DatagramOptions {
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** Called with each datagram and the address that it came from. */
  readonly take: (datagram: Buffer, sender: string) => void;
}

/** Holds a burst of some thousand lines while this process does something else; the kernel gives what `net.core.rmem_max` allows. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** Listens for datagrams until it is disposed of. Each is read once and belongs to no position in anything, so no restart takes it twice. */
export async function openDatagrams({ address, port, take }: DatagramOptions): Promise<Datagrams> {
  let received = 0;
  const socket = createSocket('udp4');
  socket.on('message', (datagram, { address: sender }) => {
    received += 1;
    take(datagram, sender);
  });
  socket.bind(port, address);
  await once(socket, 'listening');
  socket.setRecvBufferSize(BUFFER_BYTES);
  const bound = socket.address().port;
  return {
    port: bound,
    received: () => received,
    dropped: () => parseSocketDrops(readOrEmpty('/proc/net/udp'), { address, port: bound }),
    bufferBytes: () => socket.getRecvBufferSize(),
    async [Symbol.asyncDispose]() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
