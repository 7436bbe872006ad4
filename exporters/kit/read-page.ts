import { get } from 'node:http';
import { openDeadline } from '../../kit/deadline.ts';

/** An HTTP server that exposes its state on a page. */
export interface PageTarget {
  readonly address: string;
  readonly port: number;
  /** Time for the whole page, well below the scrape interval. */
  readonly answerMs: number;
}

interface PageOptions {
  readonly path: string;
  /** A longer page is an error. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Reads a page with status 200 on a connection of its own, which a server does not count as idle afterwards. */
export async function readPage(target: PageTarget, { path, maxBytes, signal }: PageOptions): Promise<string> {
  using limit = openDeadline(target.answerMs, signal);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const address = { host: target.address, port: target.port, path };
  const request = get({ ...address, agent: false, signal: limit.signal }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > maxBytes) request.destroy(new Error('the page is too long'));
    });
    response.on('error', reject);
    response.on('end', () => {
      if (response.statusCode === 200) resolve(text);
      else reject(new Error(`the page has status ${response.statusCode}`));
    });
  });
  request.on('error', reject);
  return await promise;
}
