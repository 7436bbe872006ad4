/** Ends every answer: what is before it is whole, and so is it when its line is. */
const LAST = '/etc/hostname';

/**
 * Takes the answer of a facts door apart: file → its text. Before each file is a line `==> PATH <==`, as `tail -v` writes it, and before each
 * but the first a line end; the host's name is last. A file that was cut off is left out. Whatever it is given, it throws nothing:
 * garbage has no files.
 */
export function parseSections(text: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const heads = [...text.matchAll(/^==> (\S+) <==\n/gm)];
  for (const [index, head] of heads.entries()) {
    const path = head[1] ?? '';
    const begin = head.index + head[0].length;
    const next = heads[index + 1];
    if (next !== undefined) files.set(path, text.slice(begin, next.index).replace(/\n$/, ''));
    else if (path === LAST && text.length > begin && text.endsWith('\n')) files.set(path, text.slice(begin));
  }
  return files;
}
