/** The last file of every response: if its line is complete, so is the response. */
const LAST = '/etc/hostname';

/**
 * Splits a response of a host-metrics endpoint: file → its text. A line `==> PATH <==` precedes each file, as `tail -v` writes it, and an empty
 * line separates files. The host's name is last. A file that was cut off is left out. Never throws: garbage yields no files.
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
