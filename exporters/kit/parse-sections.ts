/** An answer of a facts door, taken apart. */
export interface Sections {
  /** What stood in each file, by its path. Of a file that was cut off there is nothing. */
  readonly files: ReadonlyMap<string, string>;
  /** Whether the answer came to its end: its last section is complete. */
  readonly isComplete: boolean;
}

/** Ends every answer: what is behind it is whole. */
const LAST = '/etc/hostname';

/**
 * Takes the answer of a facts door apart: before each file a line `==> PATH <==`, as `tail -v` writes it, with an empty line between two
 * files; the host's name is last. Whatever it is given, it throws nothing: garbage has no sections.
 */
export function parseSections(text: string): Sections {
  const files = new Map<string, string>();
  const heads = [...text.matchAll(/^==> (\S+) <==\n/gm)];
  for (const [index, head] of heads.entries()) {
    const path = head[1] ?? '';
    const begin = head.index + head[0].length;
    const next = heads[index + 1];
    // tail puts an empty line before each head but the first; what is not ours may come without.
    if (next !== undefined) files.set(path, text.slice(begin, next.index).replace(/\n\n$/, '\n'));
    else if (path === LAST && text.endsWith('\n')) files.set(path, text.slice(begin));
  }
  return { files, isComplete: files.has(LAST) };
}
