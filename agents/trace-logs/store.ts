/** One stored line. */
export interface LogLine {
  /** Time of arrival, by the clock of this host for all senders. */
  readonly atMs: number;
  readonly host: string;
  readonly service: string;
  readonly text: string;
  readonly isCut: boolean;
}

/** `retained`: lines of sampled traces; `transient`: all others, in case a later line shows that the trace is sampled. */
export const BUFFERS = ['retained', 'transient'] as const;
export type BufferName = (typeof BUFFERS)[number];

interface BufferUse {
  readonly lines: number;
  /** Includes {@link LINE_OVERHEAD} for each line. */
  readonly bytes: number;
  /** Arrival of the first line of the oldest trace, which is evicted next; `undefined` if the buffer is empty. */
  readonly oldestAtMs: number | undefined;
}

/** The latest lines, by trace ID. */
export interface LogStore {
  /** `retained`: the line shows that its trace is sampled, so all of its lines move to that buffer. Returns false if the trace is over its line limit. */
  readonly add: (traceId: string, line: LogLine, buffer: BufferName) => boolean;
  /** The lines of a trace in the order of arrival; `undefined` if there are none. */
  readonly read: (traceId: string) => readonly LogLine[] | undefined;
  /** Number of lines of a stored trace that were dropped because of the limit per trace. */
  readonly droppedOf: (traceId: string) => number;
  readonly use: (buffer: BufferName) => BufferUse;
}

interface StoreLimits {
  readonly retainedBytes: number;
  readonly transientBytes: number;
  /** A client may choose the trace ID. If it always sends the same one, it gets no more space than others. */
  readonly linesPerTrace: number;
}

/** Approximate memory of a line beside its text: the object, list entries, and a share of its trace. */
export const LINE_OVERHEAD = 256;

interface Trace {
  readonly id: string;
  readonly lines: LogLine[];
  bytes: number;
  dropped: number;
  buffer: LineBuffer;
  /** Neighbours in the linked list of the buffer. */
  previous: Trace | undefined;
  next: Trace | undefined;
}

/**
 * Keeps lines in memory. Complete traces are evicted, the oldest first. The lines of a request may be incomplete:
 * it exceeded the limit per trace; a line arrived after its trace was evicted, and started a new one; or a datagram was lost.
 */
export function makeLogStore({ retainedBytes, transientBytes, linesPerTrace }: StoreLimits): LogStore {
  const traces = new Map<string, Trace>();
  const buffers = { retained: new LineBuffer(retainedBytes), transient: new LineBuffer(transientBytes) };
  const find = (id: string, buffer: LineBuffer): Trace => {
    const found = traces.get(id);
    if (found !== undefined) return found;
    const trace: Trace = { id, lines: [], bytes: 0, dropped: 0, buffer, previous: undefined, next: undefined };
    traces.set(id, trace);
    buffer.append(trace);
    return trace;
  };
  return {
    add: (traceId, line, name) => {
      const trace = find(traceId, buffers[name]);
      if (name === 'retained' && trace.buffer === buffers.transient) {
        buffers.transient.remove(trace);
        buffers.retained.append(trace);
      }
      const hasRoom = trace.lines.length < linesPerTrace;
      if (hasRoom) trace.buffer.addLine(trace, line);
      else trace.dropped += 1;
      for (const { id } of trace.buffer.evict()) traces.delete(id);
      return hasRoom;
    },
    read: (traceId) => traces.get(traceId)?.lines,
    droppedOf: (traceId) => traces.get(traceId)?.dropped ?? 0,
    use: (name) => buffers[name].use(),
  };
}

/** Memory of a text: one byte per character, or two if any character is not ASCII. */
function sizeOf(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;
}

/** Traces in the order in which they came here. */
class LineBuffer {
  readonly #maxBytes: number;
  #first: Trace | undefined;
  #last: Trace | undefined;
  #lines = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  append(trace: Trace): void {
    trace.buffer = this;
    trace.previous = this.#last;
    if (this.#last === undefined) this.#first = trace;
    else this.#last.next = trace;
    this.#last = trace;
    this.#lines += trace.lines.length;
    this.#bytes += trace.bytes;
  }

  remove(trace: Trace): void {
    const { previous, next } = trace;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    trace.previous = undefined;
    trace.next = undefined;
    this.#lines -= trace.lines.length;
    this.#bytes -= trace.bytes;
  }

  /** Adds a line to a trace in this buffer. */
  addLine(trace: Trace, line: LogLine): void {
    const bytes = sizeOf(line.text) + LINE_OVERHEAD;
    trace.lines.push(line);
    trace.bytes += bytes;
    this.#lines += 1;
    this.#bytes += bytes;
  }

  /** Removes and returns the oldest traces until the rest fits. */
  evict(): readonly Trace[] {
    const evicted: Trace[] = [];
    while (this.#first !== undefined && this.#bytes > this.#maxBytes) {
      evicted.push(this.#first);
      this.remove(this.#first);
    }
    return evicted;
  }

  use(): BufferUse {
    return { lines: this.#lines, bytes: this.#bytes, oldestAtMs: this.#first?.lines[0]?.atMs };
  }
}
