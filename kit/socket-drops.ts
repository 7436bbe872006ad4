/**
 * How many datagrams the kernel dropped because the buffer of a socket was full, from `/proc/net/udp`; undefined when the socket is not in it.
 * Columns by their heading: the first is a number, `local_address` is hexadecimal, the address in the byte order of the machine.
 */
export function parseSocketDrops(
  text: string,
  { address, port }: { readonly address: string; readonly port: number },
): number | undefined {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase());
  const wanted = `${bytes.toReversed().join('')}:${port.toString(16).padStart(4, '0').toUpperCase()}`;
  for (const line of text.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    const drops = columns.at(-1);
    if (columns[1] === wanted && drops !== undefined && /^\d+$/.test(drops)) return Number(drops);
  }
  return undefined;
}
