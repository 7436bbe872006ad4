import { VARNISH } from '../catalog/varnish.ts';
import { readHostFacts, type Door } from '../kit/read-host-facts.ts';
import type { Collector, Exporter } from '../kit/exporter.ts';
import type { Facts } from '../kit/facts.ts';
import { BACKEND, MAIN, MAIN_GROUPS, STORAGE } from './counters.ts';
import { parseActiveVcl } from './parse-active-vcl.ts';
import { parseVarnishstat, type Counters } from './parse-varnishstat.ts';

/** What an edge said of its Varnish. */
export interface VarnishView extends Disposable {
  readonly counters: Counters;
  /** Name of the configuration that new requests get. */
  readonly activeVcl: string;
}

/** Looks at the Varnish of an edge. It is up when the process that serves has counters and answered a question. */
export const VARNISH_EXPORTER: Exporter<Door, VarnishView> = {
  prefix: 'varnish',
  metrics: VARNISH,
  async open(door, signal) {
    using facts = await readHostFacts(door, signal);
    return viewOf(facts);
  },
  collectors: [
    collector('main', collectMain),
    collector('storage', collectStorage),
    collector('backends', collectBackends),
  ],
};

/** Throws when Varnish does not serve. */
export function viewOf(facts: Facts): VarnishView {
  return {
    counters: parseVarnishstat(facts.read('varnishstat')),
    activeVcl: parseActiveVcl(facts.read('vcl.list')),
    [Symbol.dispose]() {
      // Nothing is kept open.
    },
  };
}

type Emit = Parameters<Collector<VarnishView>['collect']>[1];

function collector(name: string, tell: (view: VarnishView, emit: Emit) => void): Collector<VarnishView> {
  return {
    name,
    collect(view, emit) {
      tell(view, emit);
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
    const shown = STORAGE[kind];
    if (shown !== undefined) emit({ name: shown.metric, labels: { type: type.toLowerCase() }, value });
  }
}

/** Varnish 7 no longer tells the address of a backend; prometheus_varnish_exporter sets this label all the same. */
const SERVER = 'unknown';

/**
 * After a reload the backends of the old configuration stay for some minutes, under the same names: only those of the active one are told, so
 * no series comes twice. Their counters begin at 0 then, as counters may.
 */
function collectBackends({ counters, activeVcl }: VarnishView, emit: Emit): void {
  const prefix = `VBE.${activeVcl}.`;
  for (const [field, value] of counters) {
    if (!field.startsWith(prefix)) continue;
    const [, backend = '', kind = ''] = /^(.+)\.([a-z_]+)$/.exec(field.slice(prefix.length)) ?? [];
    const shown = BACKEND[kind];
    const labels = { backend, server: SERVER };
    if (shown !== undefined) emit({ name: shown.metric, labels, value });
    // The outcomes of its last health checks, the newest in the lowest bit.
    if (kind === 'happy') emit({ name: 'varnish_backend_up', labels, value: value % 2 });
  }
}

/** Not every version of Varnish has every counter; what is not there is not 0. */
function emitKnown(
  emit: Emit,
  series: { readonly name: string; readonly labels?: Readonly<Record<string, string>> },
  value: number | undefined,
): void {
  if (value !== undefined) emit({ ...series, value });
}
