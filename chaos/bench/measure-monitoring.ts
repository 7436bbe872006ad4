import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import type { Figure } from './figure.ts';
import type { Usage } from './read-usage.ts';

const MOST_CORE_PERCENT = 10;

/** CPU, as a share of one core, and memory of all monitor hosts together: Prometheus, Alertmanager, exporter and notifier of each. */
export function monitoringFigures(topology: Topology, { hosts }: Usage): readonly Figure[] {
  const monitors = hostsOf(topology, 'monitor').map(({ name }) => name);
  const found = hosts.filter(({ host }) => monitors.includes(host));
  // NaN if a monitor was not measured.
  const sum = (values: readonly number[]): number =>
    found.length < monitors.length ? NaN : values.reduce((total, value) => total + value, 0);
  return [
    {
      what: `CPU of monitoring at idle (${monitors.join(', ')}), of a core`,
      measured: 100 * sum(found.map(({ coreRatio }) => coreRatio)),
      atMost: MOST_CORE_PERCENT,
      unit: '%',
    },
    {
      what: 'memory of monitoring',
      measured: sum(found.map(({ memoryBytes }) => memoryBytes)) / 2 ** 20,
      unit: 'MiB',
    },
  ];
}
