/** A log line that belongs to a trace. */
export interface TracedLine {
  readonly traceId: string;
  /** The line without its syslog header. */
  readonly text: string;
  readonly isCut: boolean;
}

/**
 * Servers escape client input, so no request can insert these bytes into a line. They always mark the trace ID of the server itself.
 */
const MARKER = '"trace_id":"';
const ID_LENGTH = 32;
const TRACE_ID = /^[0-9a-f]{32}$/;
const [HEADER_BEGINS, LINE_BEGINS, ID_ENDS] = [Buffer.from('<'), Buffer.from('{'), Buffer.from('"')];

/** Reads a datagram; `undefined` if it has no trace ID. The ID may be in the truncated part of the line. */
export function readLine(datagram: Buffer, maxBytes: number): TracedLine | undefined {
  const marker = datagram.indexOf(MARKER);
  if (marker === -1) return undefined;
  const begin = marker + MARKER.length;
  const end = begin + ID_LENGTH;
  const traceId = datagram.toString('latin1', begin, end);
  if (!TRACE_ID.test(traceId) || !datagram.subarray(end, end + 1).equals(ID_ENDS)) return undefined;
  const line = datagram.subarray(headerLength(datagram));
  return {
    traceId,
    text: line.toString('utf8', 0, Math.min(line.length, maxBytes)).trimEnd(),
    isCut: line.length > maxBytes,
  };
}

/** Length of the syslog header, which only Nginx sends: `<190>Nov 26 08:26:52 nginx: `. */
function headerLength(datagram: Buffer): number {
  return datagram.subarray(0, 1).equals(HEADER_BEGINS) ? Math.max(0, datagram.indexOf(LINE_BEGINS)) : 0;
}
