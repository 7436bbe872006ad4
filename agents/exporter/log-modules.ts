import { LOGGED_BACKENDS, LOGGED_FRONTENDS } from '../../deploy/model/access-log.ts';
import {
  addressOn,
  dependenciesOf,
  hostsOf,
  slotsOf,
  type Host,
  type Tier,
  type Topology,
} from '../../deploy/model/topology.ts';
import { makeLogExporter } from '../../exporters/access-log/exporter.ts';
import { makeHaproxyBook } from '../../exporters/access-log/haproxy-book.ts';
import type { LineBook } from '../../exporters/access-log/line-book.ts';
import { makeNginxBook } from '../../exporters/access-log/nginx-book.ts';
import { makeSiteCounter, type SiteCounter } from '../../exporters/access-log/site-counter.ts';
import { HAPROXY_LOG, NGINX_LOG } from '../../exporters/catalog/access-log.ts';
import { SITE } from '../../exporters/catalog/site.ts';
import { makeModule, type Module } from '../../exporters/kit/probe-server.ts';
import type { ModuleContext } from './module-maker.ts';

/** A counter for each host that clients reach. */
export function makeSiteCounters(topology: Topology): ReadonlyMap<string, SiteCounter> {
  return new Map(
    [...hostsOf(topology, 'lb'), ...hostsOf(topology, 'edge')].map(({ name }) => [name, makeSiteCounter()]),
  );
}

/** One book per server that sends lines: by its name for who asks, by its address for what arrives. */
export function makeLogModules(
  topology: Topology,
  { log, site }: Pick<ModuleContext, 'log' | 'site'>,
): { readonly modules: readonly Module[]; readonly books: ReadonlyMap<string, LineBook> } {
  const names = {
    proxies: new Set<string>([...LOGGED_FRONTENDS, ...LOGGED_BACKENDS]),
    servers: new Set([
      ...(['web', 'app', 'edge'] as const).flatMap((tier) => slotsOf(topology, tier)).map(({ name }) => name),
      // An edge sends some requests past Varnish.
      ...dependenciesOf(topology, 'edge').map(({ name }) => name),
    ]),
  };
  const nginx = booksOf(hostsOf(topology, 'web'), () => makeNginxBook(topology.profile.traces, Date.now));
  const clocks = { now: Date.now, elapsed: () => performance.now() };
  const haproxy = new Map(
    [...site].map(([name, counter]) => [
      name,
      makeHaproxyBook(names, topology.profile.traces, { ...clocks, site: counter }),
    ]),
  );
  return {
    modules: [
      makeModule('nginx-log', { exporter: makeLogExporter('nginx_log', NGINX_LOG), targets: nginx, log }),
      makeModule('haproxy-log', { exporter: makeLogExporter('haproxy_log', HAPROXY_LOG), targets: haproxy, log }),
      makeModule('site', { exporter: makeLogExporter('site', SITE), targets: site, log }),
    ],
    books: new Map([...byAddress('web', nginx), ...byAddress('lb', haproxy), ...byAddress('edge', haproxy)]),
  };

  function byAddress(tier: Tier, books: ReadonlyMap<string, LineBook>): readonly (readonly [string, LineBook])[] {
    return hostsOf(topology, tier).flatMap((host) => {
      const book = books.get(host.name);
      return book === undefined ? [] : [[addressOn(host, 'ops'), book] as const];
    });
  }
}

function booksOf(hosts: readonly Host[], make: () => LineBook): ReadonlyMap<string, LineBook> {
  return new Map(hosts.map(({ name }) => [name, make()]));
}
