/** One line as it is kept. */
export interface LogLine {
  /** When it arrived: one clock for all senders. */
  readonly atMs: number;
  readonly host: string;
  readonly service: string;
  readonly text: string;
  readonly isCut: boolean;
}

/** `lasting`: of requests whose trace is kept; `passing`: of all others, in case it turns out that one is. */
export const SHELVES = ['lasting', 'passing'] as const;
export type ShelfName = (typeof SHELVES)[number];

interface ShelfUse {
  readonly lines: number;
  /** As {@link LINE_OVERHEAD} counts them. */
  readonly bytes: number;
  /** When the first line of the trace arrived that goes next; undefined where it is empty. */
  readonly oldestAtMs: number | undefined;
}

/** The latest lines, by the trace that they belong to. */
export interface LogStore {
  /** `lasting`: the line says that its trace is kept, so all lines of it are. False where the trace has as many as one may have. */
  readonly add: (traceId: string, line: LogLine, shelf: ShelfName) => boolean;
  /** In the order in which they arrived; undefined where there are none. */
  readonly read: (traceId: string) => readonly LogLine[] | undefined;
  /** How many more lines of a trace that is here came than one may have. */
  readonly surplusOf: (traceId: string) => number;
  readonly use: (shelf: ShelfName) => ShelfUse;
}

interface Room {
  readonly lastingBytes: number;
  readonly passingBytes: number;
  /** A client chooses the id of its trace: one that always sends the same has no more room than others. */
  readonly linesPerTrace: number;
}

/** What a line takes beside its text, about: the object, its place in lists, its share of its trace's own. */
export const LINE_OVERHEAD = 256;

interface Trace {
  readonly id: string;
  readonly lines: LogLine[];
  bytes: number;
  surplus: number;
  shelf: Shelf;
  /** Its neighbours on the shelf. */
  before: Trace | undefined;
  after: Trace | undefined;
}

/**
 * Keeps lines in memory. A trace goes as a whole; the one that came first goes first. What is shown of a request is part of it where it had more lines
 * than a trace may have, where a line came after its trace had gone and so began a new one, and where one was lost on its way.
 */
export function makeLogStore({ lastingBytes, passingBytes, linesPerTrace }: Room): LogStore {
  const traces = new Map<string, Trace>();
  const shelves = { lasting: new Shelf(lastingBytes), passing: new Shelf(passingBytes) };
  const find = (id: string, shelf: Shelf): Trace => {
    const found = traces.get(id);
    if (found !== undefined) return found;
    const trace: Trace = { id, lines: [], bytes: 0, surplus: 0, shelf, before: undefined, after: undefined };
    traces.set(id, trace);
    shelf.put(trace);
    return trace;
  };
  return {
    add: (traceId, line, name) => {
      const trace = find(traceId, shelves[name]);
      if (name === 'lasting' && trace.shelf === shelves.passing) {
        shelves.passing.take(trace);
        shelves.lasting.put(trace);
      }
      const hasRoom = trace.lines.length < linesPerTrace;
      if (hasRoom) trace.shelf.grow(trace, line);
      else trace.surplus += 1;
      for (const { id } of trace.shelf.takeTooMany()) traces.delete(id);
      return hasRoom;
    },
    read: (traceId) => traces.get(traceId)?.lines,
    surplusOf: (traceId) => traces.get(traceId)?.surplus ?? 0,
    use: (name) => shelves[name].use(),
  };
}

/** What a text takes in memory: one byte for each character, or two for each where they are not all ASCII. */
function sizeOf(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;
}

/** Traces in the order in which they came here. */
class Shelf {
  readonly #mostBytes: number;
  #first: Trace | undefined;
  #last: Trace | undefined;
  #lines = 0;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  put(trace: Trace): void {
    trace.shelf = this;
    trace.before = this.#last;
    if (this.#last === undefined) this.#first = trace;
    else this.#last.after = trace;
    this.#last = trace;
    this.#lines += trace.lines.length;
    this.#bytes += trace.bytes;
  }

  take(trace: Trace): void {
    const { before, after } = trace;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    trace.before = undefined;
    trace.after = undefined;
    this.#lines -= trace.lines.length;
    this.#bytes -= trace.bytes;
  }

  /** One more line of a trace that stands here. */
  grow(trace: Trace, line: LogLine): void {
    const bytes = sizeOf(line.text) + LINE_OVERHEAD;
    trace.lines.push(line);
    trace.bytes += bytes;
    this.#lines += 1;
    this.#bytes += bytes;
  }

  /** Takes away what there is no room for. */
  takeTooMany(): readonly Trace[] {
    const taken: Trace[] = [];
    while (this.#first !== undefined && this.#bytes > this.#mostBytes) {
      taken.push(this.#first);
      this.take(this.#first);
    }
    return taken;
  }

  use(): ShelfUse {
    return { lines: this.#lines, bytes: this.#bytes, oldestAtMs: this.#first?.lines[0]?.atMs };
  }
}
