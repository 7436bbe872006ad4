import { addressOn, hostsOf, PORTS, type Topology } from '../../deploy/model/topology.ts';
import type { Series } from '../../exporters/catalog/catalog.ts';
import { readExposed } from '../../exporters/catalog/read-exposed.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Board } from '../board.ts';
import { lintContextOf } from '../topology-lint-context.ts';
import { openPanelSource } from './panel-source.ts';
import { verify, type Finding } from './verify.ts';

interface VerifyStackOptions {
  readonly topology: Topology;
  readonly boards: readonly Board[];
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Findings with the monitor host that was queried: readers can select either one. */
export type StackFindings = readonly (Finding & { readonly monitor: string })[];

/** Verifies the boards with every Prometheus of the stack, one after the other. A Prometheus that does not respond yields one unknown finding. */
export async function verifyStack(options: VerifyStackOptions): Promise<StackFindings> {
  const { topology, boards, signal, onProgress } = options;
  // Series of rules exist only after their condition was true.
  const context = lintContextOf(topology);
  const recorded = ['ALERTS', 'ALERTS_FOR_STATE', ...context.recorded];
  const all: (Finding & { readonly monitor: string })[] = [];
  for (const host of hostsOf(topology, 'monitor')) {
    const url = `http://${addressOn(host, 'ops')}:${PORTS.prometheus}`;
    const progressEvery = 50;
    try {
      const { families, series } = await readExposed(url, signal);
      const exposed = [...families.map(({ name }) => name), ...series.map((one) => one['__name__'] ?? '')];
      const findings = await verify({
        boards,
        source: openPanelSource(url, signal),
        timings: topology.profile.monitoring,
        exists: makeExists([...recorded, ...exposed], context.series),
        onDone: (done, of) => {
          if (done % progressEvery === 0 || done === of) onProgress(`${host.name}: ${done} of ${of} queries`);
        },
      });
      all.push(...findings.map((finding) => ({ ...finding, monitor: host.name })));
    } catch (error) {
      signal.throwIfAborted();
      const said = `cannot be asked: ${messageOf(error)}`;
      all.push({ monitor: host.name, verdict: 'unknown', board: '', panel: 'Prometheus', query: '', expr: '', said });
    }
  }
  return all;
}

/** Returns a check whether a series exists: by its name, by the name of its histogram, or because not every kernel provides it. */
export function makeExists(names: readonly string[], series: ReadonlyMap<string, Series>): (series: string) => boolean {
  const known = new Set(names);
  return (name) =>
    known.has(name) ||
    known.has(name.replace(/_(bucket|sum|count)$/, '')) ||
    series.get(name)?.metric.presence === 'by-kernel';
}
