import { PROBE_HOP, PROBE_JOURNEY } from '../../../exporters/catalog/probe.ts';
import { makeSpanSender } from '../../../exporters/prober/client-span.ts';
import { probeJourney } from '../../../exporters/prober/journey.ts';
import { probeHop, type ProbeResult } from '../../../exporters/prober/probe-hop.ts';
import { makeProbeModule } from '../../../exporters/prober/probe-module.ts';
import type { ModuleMaker } from '../module-maker.ts';

/** A customer of the sample data, and what he buys: a different thing each time, so that more than one page is looked at. */
const CUSTOMER = { email: 'user1@shop.test', password: 'holdfast' } as const;
const PRODUCTS = 100;

const isAnswered = ({ samples }: ProbeResult): boolean => samples.some(({ name }) => name === 'probe_http_status_code');

/** Every hop on the way of a request, and the way of a customer through the shop. */
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
        // Whatever answered has written a line, and counts as the request of a client does.
        if (hop.tier === 'edge' && !isAnswered(result)) site.get(hop.name)?.count('prober', 'error');
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
