import { open, type FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 1 << 20;

/** A file that another process appends lines to. */
export interface TailedFile extends AsyncDisposable {
  /** Reads the data that was appended since the last call and passes on every complete line. Calls must not overlap. */
  read(): Promise<void>;
  /** The text after the last line end: a line that was cut off, or is being written. */
  readonly rest: string;
}

/** Follows a file. A file that does not exist yet counts as empty. */
export function tailFile(path: string, onLine: (line: string) => void): TailedFile {
  let handle: FileHandle | undefined;
  let position = 0;
  let rest = Buffer.alloc(0);
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const read = async (): Promise<void> => {
    handle ??= await openIfThere(path);
    if (handle === undefined) return;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      // Split as bytes: a character may be cut at the end of a chunk.
      let text = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10)) {
        onLine(text.subarray(0, end).toString('utf8'));
        text = text.subarray(end + 1);
      }
      rest = Buffer.from(text);
    }
  };
  return {
    read,
    get rest() {
      return rest.toString('utf8');
    },
    async [Symbol.asyncDispose]() {
      await handle?.close();
      handle = undefined;
    },
  };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
