import { CONTAINER_OPTIONS } from '../../model/container-options.ts';
import { restart, type RenderedFile } from '../../model/rendered-file.ts';
import { diskPollMs } from '../../model/scrape-jobs.ts';
import { addressOn, PORTS, type Host, type Topology } from '../../model/topology.ts';

/** Variables of the host-metrics services: their addresses, and the file systems to report. */
export function renderFacts({ profile }: Topology, host: Host): RenderedFile {
  const { tmpfs = [], volumes = {} } = CONTAINER_OPTIONS[host.tier];
  const folders = ['/', '/run', ...tmpfs.map((mount) => mount.replace(/:.*/, '')), ...Object.values(volumes)];
  return {
    path: 'facts.env',
    text: [
      `FACTS_ADDRESS=${addressOn(host, 'ops')}`,
      `FACTS_PORT=${PORTS.facts}`,
      `FACTS_DISK_SECONDS=${diskPollMs(profile.monitoring) / 1000}`,
      `FACTS_FOLDERS="${folders.join(' ')}"`,
      ...(host.tier === 'edge' ? [`VARNISH_FACTS_PORT=${PORTS.varnishFacts}`] : []),
      '',
    ].join('\n'),
    onChange: restart('facts', 'disk-space', ...(host.tier === 'edge' ? ['varnish-facts'] : [])),
  };
}
