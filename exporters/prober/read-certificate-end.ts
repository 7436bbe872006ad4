import { connect } from 'node:tls';

/**
 * Expiry of the certificate at `url`, in seconds since 1970. Works for any issuer and for expired certificates. Undefined if no handshake
 * succeeds before the signal aborts. Sends no data over the connection, because the server is not authenticated.
 */
export async function readCertificateEnd(url: string, signal: AbortSignal): Promise<number | undefined> {
  if (signal.aborted) return undefined;
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port === '' ? 443 : port), rejectUnauthorized: false });
  const stop = (): void => {
    socket.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<number | undefined>((resolve) => {
      socket.once('secureConnect', () => {
        const ends = Date.parse(socket.getPeerCertificate().valid_to) / 1000;
        resolve(Number.isNaN(ends) ? undefined : ends);
      });
      socket.once('error', () => {
        resolve(undefined);
      });
      socket.once('close', () => {
        resolve(undefined);
      });
    });
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}
