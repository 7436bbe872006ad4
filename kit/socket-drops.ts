/**
 * Number of datagrams that the kernel dropped because the buffer of a socket was full, from `/proc/net/udp`; `undefined` if the socket is
 * missing there. The first column is a slot number. The second one, `local_address`, is hexadecimal, with the address in the byte order
 * of the machine. The last one is the number of drops.
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
