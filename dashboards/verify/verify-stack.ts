import { addressOn, hostsOf, PORTS, type Topology } from '../../deploy/model/topology.ts';
import type { Series } from '../../exporters/catalog/catalog.ts';
import { readExposed } from '../../exporters/catalog/read-exposed.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Board } from '../board.ts';
import { worldOf } from '../topology-lint-context.ts';
import { openPanelSource } from './panel-source.ts';
import { verify, type Finding } from './verify.ts';

interface VerifyStackOptions {
  readonly topology: Topology;
  readonly boards: readonly Board[];
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** What came out, by the monitor host that was asked: the reader may choose either one. */
export type StackFindings = readonly (Finding & { readonly monitor: string })[];

/** Verifies the boards with every Prometheus of the stack, one after the other. One that does not answer is one unknown finding. */
export async function verifyStack(options: VerifyStackOptions): Promise<StackFindings> {
  const { topology, boards, signal, onProgress } = options;
  // What rules make is there when their alert or record has been true.
  const world = worldOf(topology);
  const made = ['ALERTS', 'ALERTS_FOR_STATE', ...world.recorded];
  const all: (Finding & { readonly monitor: string })[] = [];
  for (const host of hostsOf(topology, 'monitor')) {
    const url = `http://${addressOn(host, 'ops')}:${PORTS.prometheus}`;
    const tellEvery = 50;
    try {
      const { families, series } = await readExposed(url, signal);
      const exposed = [...families.map(({ name }) => name), ...series.map((one) => one['__name__'] ?? '')];
      const findings = await verify({
        boards,
        source: openPanelSource(url, signal),
        watch: topology.profile.monitoring,
        exists: whatExists([...made, ...exposed], world.series),
        onDone: (done, of) => {
          if (done % tellEvery === 0 || done === of) onProgress(`${host.name}: ${done} of ${of} queries`);
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

/** Tells of a series whether it is among these names, of a histogram by its own, or one that not every kernel tells. */
export function whatExists(names: readonly string[], series: ReadonlyMap<string, Series>): (series: string) => boolean {
  const known = new Set(names);
  return (name) =>
    known.has(name) ||
    known.has(name.replace(/_(bucket|sum|count)$/, '')) ||
    series.get(name)?.metric.appears === 'by-kernel';
}
