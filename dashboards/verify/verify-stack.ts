import { addressOn, hostsOf, PORTS, type Topology } from '../../deploy/topology.ts';
import { readExposed } from '../../exporters/catalog/read-exposed.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Board } from '../board.ts';
import { worldOf } from '../topology-world.ts';
import { openPrometheus } from './prometheus.ts';
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
  const made = new Set(['ALERTS', 'ALERTS_FOR_STATE', ...worldOf(topology).recorded]);
  const all: (Finding & { readonly monitor: string })[] = [];
  for (const host of hostsOf(topology, 'monitor')) {
    const url = `http://${addressOn(host, 'ops')}:${PORTS.prometheus}`;
    const tellEvery = 50;
    try {
      const { families, series } = await readExposed(url, signal);
      const known = new Set([...families.map(({ name }) => name), ...series.map((one) => one['__name__'] ?? '')]);
      const findings = await verify({
        boards,
        prometheus: openPrometheus(url, signal),
        watch: topology.profile.watch,
        exists: (name) => made.has(name) || known.has(name) || known.has(name.replace(/_(bucket|sum|count)$/, '')),
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
