import { PROBE_HOP, PROBE_JOURNEY } from '../../../exporters/catalog/probe.ts';
import { makeSpanSender } from '../../../exporters/prober/client-span.ts';
import { probeJourney } from '../../../exporters/prober/journey.ts';
import { probeHop, type ProbeResult } from '../../../exporters/prober/probe-hop.ts';
import { makeProbeModule } from '../../../exporters/prober/probe-module.ts';
import type { ModuleMaker } from '../module-maker.ts';

/** A customer of the sample data, and the number of products. Each journey buys another product, so that several pages are probed. */
const CUSTOMER = { email: 'user1@shop.test', password: 'holdfast' } as const;
const PRODUCTS = 100;

const hasResponse = ({ samples }: ProbeResult): boolean =>
  samples.some(({ name }) => name === 'probe_http_status_code');

/** Probes of every hop on the request path, and of a user journey through the shop. */
export const probeModules: ModuleMaker = ({ config, readSecret, log, site }) => {
  const authority = readSecret('ca-cert');
  const login = { user: 'monitor', password: readSecret('db-monitor-password'), authority };
  const host = process.env['HOLDFAST_HOST'] ?? 'monitor';
  return [
    makeProbeModule({
      name: 'hop',
      metrics: PROBE_HOP,
      targets: new Map(config.hops.map((hop) => [hop.name, hop])),
      probe: async (hop, limit) => {
        const result = await probeHop(hop, { login, ...limit });
        // An edge that responded has logged the probe, so it already counts like a client request.
        if (hop.tier === 'edge' && !hasResponse(result)) site.get(hop.name)?.count('prober', 'error');
        return result;
      },
      sendSpan: makeSpanSender({ storeUrl: config.traceStoreUrl, host, policy: config.traces, log }),
      log,
    }),
    makeProbeModule({
      name: 'journey',
      metrics: PROBE_JOURNEY,
      targets: new Map([['shop', config.journey.url]]),
      probe: (site, { signal }) => {
        const now = Date.now();
        const productId = 1 + (Math.floor(now / config.journey.everyMs) % PRODUCTS);
        const key = `probe-${host}-${now}`;
        return probeJourney({ site, authority, ...CUSTOMER, key, productId, signal });
      },
      log,
    }),
  ];
};
