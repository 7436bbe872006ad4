import type { RenderedFile } from '../../model/rendered-file.ts';
import { PORTS, type Host, type Topology } from '../../model/topology.ts';
import { renderAlertmanagerArguments, renderAlertmanagerConfig } from './render-alertmanager.ts';
import { renderExporterConfig } from './render-exporter.ts';
import { renderNotifierConfig } from './render-notifier.ts';
import { lines, renderPrometheusArguments, renderPrometheusConfig } from './render-prometheus.ts';

/** The checks of `/usr/local/bin/healthy`: port, path, name. */
const HEALTHY = lines([
  `${PORTS.prometheus} /-/ready Prometheus`,
  `${PORTS.alertmanager} /-/ready Alertmanager`,
  `${PORTS.notifier} /healthz the notifier`,
  `${PORTS.exporter} /metrics the exporter`,
]);

/**
 * Every configuration file of a monitor host, except for the rules: `alerts/` generates them, and the committed files are mounted.
 */
export function renderMonitor(topology: Topology, host: Host): readonly RenderedFile[] {
  return [
    { path: 'prometheus.yml', text: renderPrometheusConfig(topology, host) },
    { path: 'prometheus.args', text: renderPrometheusArguments(topology, host) },
    { path: 'alertmanager.yml', text: renderAlertmanagerConfig(topology, host) },
    { path: 'alertmanager.args', text: renderAlertmanagerArguments(topology, host) },
    { path: 'notifier.json', text: renderNotifierConfig(topology, host) },
    { path: 'exporter.json', text: renderExporterConfig(topology) },
    { path: 'healthy.list', text: HEALTHY },
  ];
}
