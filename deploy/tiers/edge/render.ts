import { renderErrorPages } from '../haproxy/error-pages.ts';
import { immediate, reload, restart, type RenderedFile } from '../../model/rendered-file.ts';
import { PORTS, type Host, type Topology } from '../../model/topology.ts';
import { renderToxiproxy } from '../toxiproxy/render.ts';
import { CHECK_PATH, renderEdgeHaproxy, VARNISH_SOCKET } from './haproxy.ts';
import { VARNISH_THREADS } from '../../model/edge-threads.ts';
import { renderVcl } from './vcl.ts';

/** Share of the host's memory for cached objects; the rest is for both processes, their threads and buffers, and the logs. */
const CACHE_SHARE = 0.3;

/** Every configuration file of an edge. */
export function renderEdge(topology: Topology, host: Host): readonly RenderedFile[] {
  return [
    { path: 'haproxy.cfg', text: renderEdgeHaproxy(topology, host), onChange: reload('haproxy') },
    ...renderErrorPages(),
    { path: 'default.vcl', text: renderVcl(topology, host), onChange: reload('varnish') },
    {
      path: 'varnish.env',
      text: [
        `VARNISH_SOCKET=${VARNISH_SOCKET}`,
        `VARNISH_MEMORY_MIB=${Math.floor(host.memoryMiB * CACHE_SHARE)}`,
        `VARNISH_THREADS=${VARNISH_THREADS}`,
        '',
      ].join('\n'),
      onChange: restart('varnish'),
    },
    { path: 'edge.env', text: `EDGE_PORT=${PORTS.edge}\nEDGE_CHECK_PATH=${CHECK_PATH}\n`, onChange: immediate },
    ...renderToxiproxy(topology, host),
  ];
}
