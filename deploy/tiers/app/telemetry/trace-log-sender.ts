import { createSocket } from 'node:dgram';

/** Maximum send queue of the socket. If it is longer, the kernel cannot send fast enough, and lines are dropped. */
const MAX_QUEUED_BYTES = 256 * 1024;

/** Marks a line with a trace ID, in the same format as the lines of load balancers and web hosts. */
const TRACED = '"trace_id":"';

/**
 * Sends log lines with a trace ID to the trace log store on the trace host, one datagram each. It never blocks the caller and ignores all errors, because
 * every line is also written to standard output.
 */
export function openTraceLogSender({
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
    if (!line.includes(TRACED) || socket.getSendQueueSize() > MAX_QUEUED_BYTES) return;
    socket.send(line, port, host, ignore);
  };
}
