import { LOGGED_BACKENDS, LOGGED_FRONTENDS } from '../../deploy/model/access-log.ts';
import { makeLogExporter } from '../../exporters/access-log/exporter.ts';
import { makeHaproxyBook } from '../../exporters/access-log/haproxy-aggregator.ts';
import type { LineBook } from '../../exporters/access-log/line-aggregator.ts';
import { makeNginxBook } from '../../exporters/access-log/nginx-aggregator.ts';
import { makeSiteCounter, type SiteCounter } from '../../exporters/access-log/site-counter.ts';
import { HAPROXY_LOG, NGINX_LOG } from '../../exporters/catalog/access-log.ts';
import { SITE } from '../../exporters/catalog/site.ts';
import { makeModule, type Module } from '../../exporters/kit/probe-server.ts';
import type { ExporterConfig } from './config.ts';
import type { ModuleContext } from './module-maker.ts';

/** A counter for each host that clients reach. */
export function makeSiteCounters({ logs }: ExporterConfig): ReadonlyMap<string, SiteCounter> {
  return new Map(logs.haproxy.map(({ host }) => [host, makeSiteCounter()]));
}

/** One book per server that sends lines: by its name for who asks, by its address for what arrives. */
export function makeLogModules(
  { logs, traces }: ExporterConfig,
  { log, site }: Pick<ModuleContext, 'log' | 'site'>,
): { readonly modules: readonly Module[]; readonly books: ReadonlyMap<string, LineBook> } {
  const names = {
    proxies: new Set<string>([...LOGGED_FRONTENDS, ...LOGGED_BACKENDS]),
    servers: new Set(logs.servers),
  };
  const nginx = new Map(logs.nginx.map(({ host }) => [host, makeNginxBook(traces, Date.now)]));
  const clocks = { now: Date.now, elapsed: () => performance.now() };
  const haproxy = new Map(
    [...site].map(([host, counter]) => [host, makeHaproxyBook(names, traces, { ...clocks, site: counter })]),
  );
  return {
    modules: [
      makeModule('nginx-log', { exporter: makeLogExporter('nginx_log', NGINX_LOG), targets: nginx, log }),
      makeModule('haproxy-log', { exporter: makeLogExporter('haproxy_log', HAPROXY_LOG), targets: haproxy, log }),
      makeModule('site', { exporter: makeLogExporter('site', SITE), targets: site, log }),
    ],
    books: new Map([...byAddress(logs.nginx, nginx), ...byAddress(logs.haproxy, haproxy)]),
  };
}

function byAddress(
  hosts: ExporterConfig['logs']['nginx'],
  books: ReadonlyMap<string, LineBook>,
): readonly (readonly [string, LineBook])[] {
  return hosts.flatMap(({ host, address }) => {
    const book = books.get(host);
    return book === undefined ? [] : [[address, book] as const];
  });
}
