import { STATIC_TABLE } from './hpack-static.ts';

/** A header field as sent. HTTP/2 requires lower-case names; nothing here enforces that. Characters are bytes (Latin-1). */
export type Field = readonly [name: string, value: string];

/** Flag of a string that is Huffman coded. */
const HUFFMAN = 0x80;

/** An integer after `flags`, which leave it `bits` of the first byte (RFC 7541, 5.1). */
export function encodeInteger(value: number, bits: number, flags = 0): Buffer {
  const most = 2 ** bits - 1;
  if (value < most) return Buffer.from([flags | value]);
  const bytes = [flags | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** A header block in which each field is a literal without index and without Huffman code, so that neither end keeps a dynamic table. */
export function encodeFields(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0x00]), encodeString(name), encodeString(value)]),
  );
}

function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([encodeInteger(bytes.length, 7), bytes]);
}

/**
 * The fields of a complete header block. Throws if the block uses a dynamic table, which a peer must not do after a SETTINGS_HEADER_TABLE_SIZE of 0, or
 * Huffman codes of anything but digits.
 */
export function decodeFields(block: Buffer): readonly Field[] {
  const reader = new BlockReader(block);
  const fields: Field[] = [];
  while (!reader.isAtEnd) {
    const first = reader.peek();
    if ((first & 0x80) !== 0) fields.push(staticField(reader.readInteger(7)));
    // A change of the size of the dynamic table.
    else if ((first & 0xe0) === 0x20) reader.readInteger(5);
    else fields.push(readLiteral(reader, (first & 0x40) === 0 ? 4 : 6));
  }
  return fields;
}

function readLiteral(reader: BlockReader, indexBits: number): Field {
  const index = reader.readInteger(indexBits);
  const name = index === 0 ? reader.readString() : staticField(index)[0];
  return [name, reader.readString()];
}

function staticField(index: number): Field {
  const field = STATIC_TABLE[index - 1];
  if (field === undefined) throw new Error(`HPACK index ${index} is not in the static table`);
  return field;
}

class BlockReader {
  readonly #block: Buffer;
  #at = 0;

  constructor(block: Buffer) {
    this.#block = block;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#block.length;
  }

  peek(): number {
    return this.#block.readUInt8(this.#at);
  }

  readInteger(bits: number): number {
    const most = 2 ** bits - 1;
    let value = this.#readByte() & most;
    if (value < most) return value;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#readByte();
      value += (byte & 0x7f) * factor;
      if ((byte & 0x80) === 0) return value;
    }
  }

  readString(): string {
    const isHuffman = (this.peek() & HUFFMAN) !== 0;
    const length = this.readInteger(7);
    const bytes = this.#block.subarray(this.#at, this.#at + length);
    if (bytes.length < length) throw new Error('a string ends behind its HPACK block');
    this.#at += length;
    return isHuffman ? decodeHuffmanDigits(bytes) : bytes.toString('latin1');
  }

  #readByte(): number {
    return this.#block.readUInt8(this.#at++);
  }
}

/** The codes of digits (RFC 7541, appendix B): three of five bits, seven of six. */
function digitOf(bits: string): string | undefined {
  const code = Number.parseInt(bits, 2);
  if (bits.length === 5 && code <= 2) return String(code);
  if (bits.length === 6 && code >= 0x19 && code <= 0x1f) return String(code - 0x19 + 3);
  return undefined;
}

function decodeHuffmanDigits(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let digits = '';
  let code = '';
  for (const bit of bits) {
    code += bit;
    const digit = digitOf(code);
    if (digit === undefined) continue;
    digits += digit;
    code = '';
  }
  // What remains is padding: fewer than eight bits, all of them 1.
  if (code.length > 7 || code.includes('0')) throw new Error('a Huffman coded string is not digits alone');
  return digits;
}
