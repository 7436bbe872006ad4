/** States of the kernel's TCP table in which a socket has nothing more to send: TIME_WAIT and LISTEN. */
const WITHOUT_DATA: readonly string[] = ['06', '0A'];
/** States in which the queue also has the socket's FIN, as one byte: FIN_WAIT1, LAST_ACK and CLOSING. A client that has vanished never acknowledges it. */
const WITH_FIN: readonly string[] = ['04', '09', '0B'];

/**
 * Remote ends (`address:port`) of connections with data that the remote end has not acknowledged, from `/proc/net/tcp`. `isLocal` selects connections by their
 * local address and port. A process may have closed such a connection already: the kernel still sends the rest.
 */
export function parseUnsentData(
  text: string,
  isLocal: (address: string, port: number) => boolean,
): ReadonlySet<string> {
  const remotes = text.split('\n').flatMap((line) => {
    const [, local, remote, state = '', queues = ''] = line.trim().split(/\s+/);
    const from = parseEnd(local);
    const to = parseEnd(remote);
    const unsent = Number.parseInt(queues.split(':')[0] ?? '', 16) - (WITH_FIN.includes(state) ? 1 : 0);
    if (from === undefined || to === undefined || WITHOUT_DATA.includes(state) || !(unsent > 0)) return [];
    return isLocal(from.address, from.port) ? [`${to.address}:${to.port}`] : [];
  });
  return new Set(remotes);
}

/** `0A0012C6:0050`: the address in the byte order of the machine, which is little-endian on all supported ones, and the port. */
function parseEnd(text: string | undefined): { readonly address: string; readonly port: number } | undefined {
  const match = /^([0-9A-F]{8}):([0-9A-F]{4})$/.exec(text ?? '');
  if (match === null) return undefined;
  const bytes = (match[1] ?? '').match(/../g) ?? [];
  return {
    address: bytes
      .map((byte) => Number.parseInt(byte, 16))
      .toReversed()
      .join('.'),
    port: Number.parseInt(match[2] ?? '', 16),
  };
}
