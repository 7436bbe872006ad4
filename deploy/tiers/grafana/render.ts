import { stringify } from 'yaml';
import { slowestScrapeIntervalMs } from '../../model/scrape-jobs.ts';
import { promDuration } from '../../../kit/prom-duration.ts';
import { restartHost, type RenderedFile } from '../../model/rendered-file.ts';
import { addressOn, hostsOf, PORTS, type Topology } from '../../model/topology.ts';

/** Folder of the committed dashboards in Grafana's container. */
export const BOARDS_FOLDER = '/etc/holdfast-dashboards';

/** UID of the data source that exemplars link to. */
const TRACES_UID = 'zipkin';

/** Grafana's provisioning: data sources and the dashboard folder. Mounted as `/etc/grafana/provisioning`. */
export function renderGrafana(topology: Topology): readonly RenderedFile[] {
  return [
    { path: 'datasources/holdfast.yaml', text: renderDatasources(topology), onChange: restartHost },
    { path: 'dashboards/holdfast.yaml', text: renderProvider(), onChange: restartHost },
  ];
}

function renderDatasources(topology: Topology): string {
  const traces = tracesAddress(topology);
  const datasources = [
    ...hostsOf(topology, 'monitor').map((host, index) => ({
      name: `Prometheus ${host.name}`,
      uid: `prometheus-${host.name}`,
      type: 'prometheus',
      access: 'proxy',
      url: `http://${addressOn(host, 'ops')}:${PORTS.prometheus}`,
      isDefault: index === 0,
      editable: false,
      jsonData: {
        httpMethod: 'POST',
        prometheusType: 'Prometheus',
        // The slowest scrape interval, which determines $__rate_interval and the minimum step.
        timeInterval: promDuration(slowestScrapeIntervalMs(topology.profile.monitoring)),
        ...(traces === undefined
          ? {}
          : { exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: TRACES_UID }] }),
      },
    })),
    ...(traces === undefined
      ? []
      : [
          {
            name: 'Traces',
            uid: TRACES_UID,
            type: 'zipkin',
            access: 'proxy',
            url: `http://${traces}`,
            editable: false,
            jsonData: { nodeGraph: { enabled: true } },
          },
        ]),
  ];
  // `prune` removes data sources of an earlier configuration.
  return stringify({ apiVersion: 1, prune: true, datasources }, { lineWidth: 0 });
}

/** `address:port` of the host that publishes traces, if any. */
function tracesAddress({ hosts }: Topology): string | undefined {
  const [found] = hosts.flatMap((host) =>
    host.published.flatMap(({ what, port }) => (what === 'traces' ? [`${addressOn(host, 'ops')}:${port}`] : [])),
  );
  return found;
}

function renderProvider(): string {
  const provider = {
    name: 'holdfast',
    type: 'file',
    folder: 'holdfast',
    // Dashboards are generated, so that changes in Grafana would be lost.
    allowUiUpdates: false,
    disableDeletion: true,
    updateIntervalSeconds: 10,
    options: { path: BOARDS_FOLDER, foldersFromFilesStructure: false },
  };
  return stringify({ apiVersion: 1, providers: [provider] }, { lineWidth: 0 });
}
