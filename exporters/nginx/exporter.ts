import { NGINX } from '../catalog/nginx.ts';
import type { Exporter } from '../kit/exporter.ts';
import { readPage, type PageTarget } from '../kit/read-page.ts';
import { parseStubStatus } from './parse-stub-status.ts';

/** The page, read completely; no connection stays open. */
interface Page extends Disposable {
  readonly text: string;
}

/** Reads `stub_status`, once a scrape. */
export const NGINX_EXPORTER: Exporter<PageTarget, Page> = {
  prefix: 'nginx',
  metrics: NGINX,
  open: async (target, signal) => ({
    text: await readPage(target, { path: '/stub_status', maxBytes: MAX_BYTES, signal }),
    [Symbol.dispose]: () => undefined,
  }),
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

/** The page has about a hundred characters. */
const MAX_BYTES = 4_096;
