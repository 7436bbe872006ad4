import { renderErrorPages } from '../haproxy/error-pages.ts';
import { reload, restart, restartHost, type RenderedFile } from '../../model/rendered-file.ts';
import type { Host, Topology } from '../../model/topology.ts';
import { renderHandover } from './handover.ts';
import { renderHaproxy } from './haproxy.ts';
import { renderKeepalived } from './keepalived.ts';
import { renderLbState } from './lb-state.ts';
import { renderRoleAgent } from './role-agent.ts';

/** Every configuration file of a load balancer. */
export function renderLb(topology: Topology, host: Host): readonly RenderedFile[] {
  return [
    { path: 'haproxy.cfg', text: renderHaproxy(topology, host), onChange: reload('haproxy') },
    ...renderErrorPages(),
    { path: 'keepalived.conf', text: renderKeepalived(topology, host), onChange: restart('keepalived') },
    { path: 'handover.nft', text: renderHandover(topology), onChange: restartHost },
    { path: 'role-agent.json', text: renderRoleAgent(topology, host), onChange: restart('role-agent') },
    { path: 'lb-state.json', text: renderLbState(topology, host), onChange: restart('lb-state') },
  ];
}
