import { get } from 'node:http';
import { openDeadline } from '../../kit/deadline.ts';
import { NGINX } from '../catalog/nginx.ts';
import type { Exporter } from '../kit/exporter.ts';
import { parseStubStatus } from './parse-stub-status.ts';

/** Where the page `stub_status` of a web host is. */
export interface NginxTarget {
  readonly address: string;
  readonly port: number;
  /** For the whole page: well within a scrape. */
  readonly answerMs: number;
}

/** The page as it was read; nothing is kept open. */
interface Page extends Disposable {
  readonly text: string;
}

/** Reads `stub_status`, once a scrape. */
export const NGINX_EXPORTER: Exporter<NginxTarget, Page> = {
  prefix: 'nginx',
  metrics: NGINX,
  open: async (target, signal) => {
    using limit = openDeadline(target.answerMs, signal);
    return { text: await readPage(target, limit.signal), [Symbol.dispose]: () => undefined };
  },
  collectors: [
    {
      name: 'stub_status',
      collect: ({ text }, emit) => {
        for (const [name, value] of Object.entries(parseStubStatus(text))) emit({ name, value });
        return Promise.resolve();
      },
    },
  ],
};

/** The page has a hundred characters. */
const MAX_BYTES = 4_096;

function readPage({ address, port }: NginxTarget, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    // A connection of its own: one that is kept would be counted among those that wait.
    const request = get({ host: address, port, path: '/stub_status', agent: false, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_BYTES) request.destroy(new Error('the page is too long'));
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`the page is answered with ${response.statusCode}`));
      });
    });
    request.on('error', reject);
  });
}
