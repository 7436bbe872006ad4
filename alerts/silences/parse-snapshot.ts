/** A silence on the disk of an Alertmanager; only the fields that are compared. */
export interface SavedSilence {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly endsAtMs: number;
}

/**
 * Parses Alertmanager's file `silences`: length-delimited `MeshSilence` messages of its silence.proto. Throws for any other content, so that an
 * unreadable file never counts as a saved silence.
 */
export function parseSnapshot(bytes: Buffer): readonly SavedSilence[] {
  const saved: SavedSilence[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = readVarint(bytes, at);
    at = size.end + size.value;
    saved.push(parseMeshSilence(slice(bytes, size.end, at)));
  }
  return saved;
}

/** Field numbers of silence.proto and of google.protobuf.Timestamp. */
const MESH_SILENCE = { silence: 1 } as const;
const SILENCE = { id: 1, endsAt: 4 } as const;
const TIMESTAMP = { seconds: 1, nanos: 2 } as const;

function parseMeshSilence(bytes: Buffer): SavedSilence {
  const silence = readFields(bytesOf(readFields(bytes), MESH_SILENCE.silence));
  const endsAt = readFields(bytesOf(silence, SILENCE.endsAt));
  const number = (field: number): number => {
    // Protobuf omits fields that are zero.
    const value = endsAt.get(field) ?? 0;
    if (typeof value !== 'number') throw new Error(`field ${field} of a timestamp is not a number`);
    return value;
  };
  return {
    id: bytesOf(silence, SILENCE.id).toString('utf8'),
    endsAtMs: number(TIMESTAMP.seconds) * 1_000 + Math.floor(number(TIMESTAMP.nanos) / 1_000_000),
  };
}

type Fields = ReadonlyMap<number, number | Buffer>;

function bytesOf(fields: Fields, field: number): Buffer {
  const value = fields.get(field);
  if (!(value instanceof Buffer)) throw new Error(`field ${field} of a silence is missing`);
  return value;
}

/** Fields of one protobuf message; of a repeated field the last value. */
function readFields(bytes: Buffer): Fields {
  const fields = new Map<number, number | Buffer>();
  for (let at = 0; at < bytes.length;) {
    const tag = readVarint(bytes, at);
    const field = Math.floor(tag.value / 8);
    const value = readVarint(bytes, tag.end);
    switch (tag.value % 8) {
      case 0:
        fields.set(field, value.value);
        at = value.end;
        break;
      case 2:
        at = value.end + value.value;
        fields.set(field, slice(bytes, value.end, at));
        break;
      default:
        throw new Error(`field ${field} has an unexpected wire type`);
    }
  }
  return fields;
}

function slice(bytes: Buffer, start: number, end: number): Buffer {
  if (end > bytes.length) throw new Error('the file ends within a silence');
  return bytes.subarray(start, end);
}

/** Supports values up to 2^53; a silence contains no larger ones. */
function readVarint(bytes: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start; at < Math.min(bytes.length, start + 8); at += 1) {
    const byte = bytes.readUInt8(at);
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw new Error('the file ends within a number');
}
