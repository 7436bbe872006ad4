import type { RenderedFile } from '../rendered-file.ts';
import { addressOn, PORTS, type Host, type Topology } from '../topology.ts';
import { renderToxiproxy } from '../toxiproxy/render.ts';
import { renderVcl } from './vcl.ts';

/** What the cache may fill of its host's memory; the rest is for the process itself, connections and logs. */
const CACHE_SHARE = 0.4;

/** Every configuration file of an edge. */
export function renderEdge(topology: Topology, host: Host): readonly RenderedFile[] {
  const published = (['front', 'publish'] as const).map((network) => `${addressOn(host, network)}:${PORTS.varnish}`);
  return [
    { path: 'default.vcl', text: renderVcl(topology, host) },
    {
      path: 'varnish.env',
      text: [
        `VARNISH_LISTEN="${[...published, `127.0.0.1:${PORTS.varnish}`].join(' ')}"`,
        `VARNISH_PORT=${PORTS.varnish}`,
        `VARNISH_MEMORY_MIB=${Math.floor(host.memoryMiB * CACHE_SHARE)}`,
        '',
      ].join('\n'),
    },
    ...renderToxiproxy(topology, host),
  ];
}
