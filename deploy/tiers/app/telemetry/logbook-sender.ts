import { createSocket } from 'node:dgram';

/** Beyond this the kernel does not get rid of them: what comes then is not sent. */
const MOST_WAITING_BYTES = 256 * 1024;

/** As the lines of load balancers and web hosts have it. */
const TRACED = '"trace_id":"';

/**
 * Sends the lines that belong to a trace to the logbook beside the traces, a datagram each. Nobody waits for it, and nothing that goes wrong with it
 * is anybody's error: every line is printed as well.
 */
export function openLogbookSender({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): (line: string) => void {
  const socket = createSocket('udp4').unref();
  const ignore = (): void => undefined;
  socket.on('error', ignore);
  return (line) => {
    if (!line.includes(TRACED) || socket.getSendQueueSize() > MOST_WAITING_BYTES) return;
    socket.send(line, port, host, ignore);
  };
}
