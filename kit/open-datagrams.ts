import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readOrEmpty } from './read-or-empty.ts';
import { parseSocketDrops } from './socket-drops.ts';

/** A UDP socket that receives datagrams. */
export interface Datagrams extends AsyncDisposable {
  readonly port: number;
  /** Number of received datagrams. */
  readonly received: () => number;
  /** Number of datagrams that the kernel dropped because this process did not read fast enough; `undefined` if unknown. */
  readonly dropped: () => number | undefined;
  readonly bufferBytes: () => number;
}

interface DatagramOptions {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** Called with each datagram and its source address. */
  readonly onDatagram: (datagram: Buffer, sender: string) => void;
}

/** Holds a burst of some thousand lines while this process is busy; `net.core.rmem_max` limits it. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** Receives datagrams until it is disposed. There is no read position to restore, so a restart never processes a datagram twice. */
export async function openDatagrams({ address, port, onDatagram }: DatagramOptions): Promise<Datagrams> {
  let received = 0;
  const socket = createSocket('udp4');
  socket.on('message', (datagram, { address: sender }) => {
    received += 1;
    onDatagram(datagram, sender);
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
