/** A reply in RESP2; errors are values. */
export type Reply = string | number | null | ReplyError | readonly Reply[];

/** An error reply: `NOPERM …`, `NOQUORUM …`. */
export class ReplyError extends Error {}

/** A parsed reply and the offset after it. `undefined`: the reply is incomplete. */
type Parsed = { readonly reply: Reply; readonly next: number } | undefined;

/** Deeper than any expected reply; deeper nesting is refused. */
const MAX_DEPTH = 8;

/** Encodes a command as an array of bulk strings. */
export function renderCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/** Parses the reply that begins at `at`. Throws if it is not RESP2. */
export function parseReply(bytes: Buffer, at = 0, depth = 0): Parsed {
  const end = bytes.indexOf('\r\n', at);
  if (end === -1) return undefined;
  const kind = bytes.toString('latin1', at, at + 1);
  const line = bytes.toString('utf8', at + 1, end);
  const next = end + 2;
  if (kind === '+') return { reply: line, next };
  if (kind === '-') return { reply: new ReplyError(line), next };
  if (kind === ':') return { reply: parseInteger(line), next };
  if (kind === '$') return parseBulk(bytes, { length: parseInteger(line), next });
  if (kind === '*' && depth < MAX_DEPTH) return parseArray(bytes, { length: parseInteger(line), next, depth });
  throw new Error('the reply is not RESP2');
}

function parseBulk(bytes: Buffer, { length, next }: { readonly length: number; readonly next: number }): Parsed {
  if (length === -1) return { reply: null, next };
  const end = next + length;
  if (bytes.length < end + 2) return undefined;
  if (length < 0 || bytes.toString('latin1', end, end + 2) !== '\r\n')
    throw new Error('a bulk string of the reply has no terminator');
  return { reply: bytes.toString('utf8', next, end), next: end + 2 };
}

function parseArray(
  bytes: Buffer,
  { length, next, depth }: { readonly length: number; readonly next: number; readonly depth: number },
): Parsed {
  if (length === -1) return { reply: null, next };
  const items: Reply[] = [];
  let at = next;
  while (items.length < length) {
    const item = parseReply(bytes, at, depth + 1);
    if (item === undefined) return undefined;
    items.push(item.reply);
    at = item.next;
  }
  return { reply: items, next: at };
}

function parseInteger(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new Error('the reply has an invalid number');
  return Number(text);
}
