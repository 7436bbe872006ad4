import { LOGGED_BACKENDS, LOGGED_FRONTENDS } from '../../deploy/model/access-log.ts';
import { makeLogExporter } from '../../exporters/access-log/exporter.ts';
import { makeHaproxyAggregator } from '../../exporters/access-log/haproxy-aggregator.ts';
import type { LineAggregator } from '../../exporters/access-log/line-aggregator.ts';
import { makeNginxAggregator } from '../../exporters/access-log/nginx-aggregator.ts';
import { makeSiteCounter, type SiteCounter } from '../../exporters/access-log/site-counter.ts';
import { HAPROXY_LOG, NGINX_LOG } from '../../exporters/catalog/access-log.ts';
import { SITE } from '../../exporters/catalog/site.ts';
import { makeModule, type Module } from '../../exporters/kit/probe-server.ts';
import type { ExporterConfig } from './config.ts';
import type { ModuleContext } from './module-maker.ts';

/** A counter for each public entry host. */
export function makeSiteCounters({ logs }: ExporterConfig): ReadonlyMap<string, SiteCounter> {
  return new Map(logs.haproxy.map(({ host }) => [host, makeSiteCounter()]));
}

/** One aggregator per server that sends lines: by host name for scrapes, by address for received lines. */
export function makeLogModules(
  { logs, traces }: ExporterConfig,
  { log, site }: Pick<ModuleContext, 'log' | 'site'>,
): { readonly modules: readonly Module[]; readonly aggregators: ReadonlyMap<string, LineAggregator> } {
  const names = {
    proxies: new Set<string>([...LOGGED_FRONTENDS, ...LOGGED_BACKENDS]),
    servers: new Set(logs.servers),
  };
  const nginx = new Map(logs.nginx.map(({ host }) => [host, makeNginxAggregator(traces, Date.now)]));
  const clocks = { now: Date.now, elapsed: () => performance.now() };
  const haproxy = new Map(
    [...site].map(([host, counter]) => [host, makeHaproxyAggregator(names, traces, { ...clocks, site: counter })]),
  );
  return {
    modules: [
      makeModule('nginx-log', { exporter: makeLogExporter('nginx_log', NGINX_LOG), targets: nginx, log }),
      makeModule('haproxy-log', { exporter: makeLogExporter('haproxy_log', HAPROXY_LOG), targets: haproxy, log }),
      makeModule('site', { exporter: makeLogExporter('site', SITE), targets: site, log }),
    ],
    aggregators: new Map([...byAddress(logs.nginx, nginx), ...byAddress(logs.haproxy, haproxy)]),
  };
}

function byAddress(
  hosts: ExporterConfig['logs']['nginx'],
  aggregators: ReadonlyMap<string, LineAggregator>,
): readonly (readonly [string, LineAggregator])[] {
  return hosts.flatMap(({ host, address }) => {
    const aggregator = aggregators.get(host);
    return aggregator === undefined ? [] : [[address, aggregator] as const];
  });
}
