import { VARNISH } from '../catalog/varnish.ts';
import { readHostFacts, type HostFactsEndpoint } from '../kit/read-host-facts.ts';
import type { Collector, Exporter } from '../kit/exporter.ts';
import type { Facts } from '../kit/facts.ts';
import { BACKEND, MAIN, MAIN_GROUPS, STORAGE } from './counters.ts';
import { parseActiveVcl } from './parse-active-vcl.ts';
import { parseVarnishstat, type Counters } from './parse-varnishstat.ts';

/** State of the Varnish of an edge, from one response of its host-metrics endpoint. */
export interface VarnishView extends Disposable {
  readonly counters: Counters;
  /** Name of the configuration for new requests. */
  readonly activeVcl: string;
}

/** Collects from the Varnish of an edge. It is up if the worker process has counters and the management process answers varnishadm. */
export const VARNISH_EXPORTER: Exporter<HostFactsEndpoint, VarnishView> = {
  prefix: 'varnish',
  metrics: VARNISH,
  async open(endpoint, signal) {
    using facts = await readHostFacts(endpoint, signal);
    return viewOf(facts);
  },
  collectors: [
    collector('main', collectMain),
    collector('storage', collectStorage),
    collector('backends', collectBackends),
  ],
};

/** Throws when Varnish is not running. */
export function viewOf(facts: Facts): VarnishView {
  return {
    counters: parseVarnishstat(facts.read('varnishstat')),
    activeVcl: parseActiveVcl(facts.read('vcl.list')),
    [Symbol.dispose]() {
      // Holds no resources.
    },
  };
}

type Emit = Parameters<Collector<VarnishView>['collect']>[1];

function collector(name: string, emitSamples: (view: VarnishView, emit: Emit) => void): Collector<VarnishView> {
  return {
    name,
    collect(view, emit) {
      emitSamples(view, emit);
      return Promise.resolve();
    },
  };
}

function collectMain({ counters }: VarnishView, emit: Emit): void {
  for (const [field, { metric }] of Object.entries(MAIN)) emitKnown(emit, { name: metric }, counters.get(field));
  for (const [name, { prefix, values }] of Object.entries(MAIN_GROUPS)) {
    for (const type of values) emitKnown(emit, { name, labels: { type } }, counters.get(`${prefix}${type}`));
  }
}

function collectStorage({ counters }: VarnishView, emit: Emit): void {
  for (const [field, value] of counters) {
    const [, type = '', kind = ''] = /^SMA\.(.+)\.([a-z_]+)$/.exec(field) ?? [];
    const mapped = STORAGE[kind];
    if (mapped !== undefined) emit({ name: mapped.metric, labels: { type: type.toLowerCase() }, value });
  }
}

/** Varnish 7 no longer reports the address of a backend; prometheus_varnish_exporter still sets this label. */
const SERVER = 'unknown';

/**
 * After a reload the backends of the old configuration remain for some minutes, under the same names. Only those of the active configuration
 * are exposed, so that series are unique. Their counters restart at 0.
 */
function collectBackends({ counters, activeVcl }: VarnishView, emit: Emit): void {
  const prefix = `VBE.${activeVcl}.`;
  for (const [field, value] of counters) {
    if (!field.startsWith(prefix)) continue;
    const [, backend = '', kind = ''] = /^(.+)\.([a-z_]+)$/.exec(field.slice(prefix.length)) ?? [];
    const mapped = BACKEND[kind];
    const labels = { backend, server: SERVER };
    if (mapped !== undefined) emit({ name: mapped.metric, labels, value });
    // Results of the last health checks as bits, the newest in the lowest bit.
    if (kind === 'happy') emit({ name: 'varnish_backend_up', labels, value: value % 2 });
  }
}

/** Emits no sample for a counter that this version of Varnish lacks: 0 would be wrong. */
function emitKnown(
  emit: Emit,
  series: { readonly name: string; readonly labels?: Readonly<Record<string, string>> },
  value: number | undefined,
): void {
  if (value !== undefined) emit({ ...series, value });
}
