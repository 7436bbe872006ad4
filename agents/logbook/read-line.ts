/** A log line that belongs to a trace. */
export interface TracedLine {
  readonly traceId: string;
  /** The line without the header of its way. */
  readonly text: string;
  readonly isCut: boolean;
}

/**
 * Servers escape what clients wrote, so that no request can bring these bytes into a line: where they stand, the server itself names the trace.
 */
const MARK = '"trace_id":"';
const ID_LENGTH = 32;
const TRACE_ID = /^[0-9a-f]{32}$/;
const [HEADER_BEGINS, LINE_BEGINS, ID_ENDS] = [Buffer.from('<'), Buffer.from('{'), Buffer.from('"')];

/** Reads a datagram; undefined where it names no trace. The id may stand beyond what is kept of the line. */
export function readLine(datagram: Buffer, mostBytes: number): TracedLine | undefined {
  const mark = datagram.indexOf(MARK);
  if (mark === -1) return undefined;
  const begin = mark + MARK.length;
  const end = begin + ID_LENGTH;
  const traceId = datagram.toString('latin1', begin, end);
  if (!TRACE_ID.test(traceId) || !datagram.subarray(end, end + 1).equals(ID_ENDS)) return undefined;
  const line = datagram.subarray(headerLength(datagram));
  return {
    traceId,
    text: line.toString('utf8', 0, Math.min(line.length, mostBytes)).trimEnd(),
    isCut: line.length > mostBytes,
  };
}

/** Of Nginx: `<190>Nov 26 08:26:52 nginx: ` stands before the line. */
function headerLength(datagram: Buffer): number {
  return datagram.subarray(0, 1).equals(HEADER_BEGINS) ? Math.max(0, datagram.indexOf(LINE_BEGINS)) : 0;
}
