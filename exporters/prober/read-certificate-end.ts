import { connect } from 'node:tls';

/**
 * When the certificate that is shown at `url` ends, in seconds since 1970, whoever signed it and whether or not it has ended. Undefined where none is
 * shown before the signal. Nothing is sent over the connection: who is behind it is not known.
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
