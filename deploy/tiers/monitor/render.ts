import { immediate, reload, restart, type RenderedFile } from '../../model/rendered-file.ts';
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
    { path: 'prometheus.yml', text: renderPrometheusConfig(topology, host), onChange: reload('prometheus') },
    { path: 'prometheus.args', text: renderPrometheusArguments(topology, host), onChange: restart('prometheus') },
    { path: 'alertmanager.yml', text: renderAlertmanagerConfig(topology, host), onChange: reload('alertmanager') },
    { path: 'alertmanager.args', text: renderAlertmanagerArguments(topology, host), onChange: restart('alertmanager') },
    { path: 'notifier.json', text: renderNotifierConfig(topology, host), onChange: restart('notifier') },
    { path: 'exporter.json', text: renderExporterConfig(topology), onChange: restart('exporter') },
    { path: 'healthy.list', text: HEALTHY, onChange: immediate },
  ];
}
