import { addressOn, slotsOf, type Host, type Topology } from '../../model/topology.ts';

/**
 * The configuration of keepalived on one load balancer: an instance per virtual IP, which all move together. Interface names are unknown here,
 * because their order differs between machines. `@IF:ADDRESS@` stands for the interface with that address; the service's run script inserts
 * its name.
 */
export function renderKeepalived(topology: Topology, host: Host): string {
  const instances = Object.keys(topology.virtualAddresses) as (keyof Topology['virtualAddresses'])[];
  return [
    renderGlobal(host),
    // 0: HAProxy responds. Otherwise this host releases the virtual IPs at once. Written by HAProxy's finish script and by agents/lb-state.
    `track_file haproxy {
    file /run/keepalived/haproxy.track
    weight 0
}
`,
    `vrrp_sync_group addresses {
    group {
${instances.map((name) => `        ${name}`).join('\n')}
    }
}
`,
    ...instances.map((name) => renderInstance(topology, host, name)),
  ].join('\n');
}

function renderGlobal(host: Host): string {
  return `global_defs {
    router_id ${host.name}
    vrrp_version 3
    script_user root
    enable_script_security
    # A reconnected network has a new interface in the kernel.
    dynamic_interfaces allow_if_changes
    # A busy CPU delays advertisements, and late advertisements cause a false failover.
    vrrp_priority -20
    # Other hosts must learn the new MAC address even if they miss the first gratuitous ARP.
    vrrp_garp_master_delay 1
    vrrp_garp_master_repeat 3
    vrrp_garp_master_refresh 10
    vrrp_garp_lower_prio_repeat 3
    # A FIFO preserves the order of transitions.
    vrrp_notify_fifo /run/keepalived/transitions.fifo
    vrrp_notify_fifo_script /usr/local/sbin/vrrp-notify
}
`;
}

function renderInstance(topology: Topology, host: Host, name: keyof Topology['virtualAddresses']): string {
  const { network, address, routerId } = topology.virtualAddresses[name];
  const own = addressOn(host, network);
  const pair = slotsOf(topology, 'lb');
  const peers = pair.filter((peer) => peer.name !== host.name).map((peer) => `        ${addressOn(peer, network)}`);
  // Different priorities, so that two hosts that start at once agree; the current owner keeps the virtual IPs (nopreempt).
  const priority = 150 - 10 * pair.findIndex((member) => member.name === host.name);
  return `vrrp_instance ${name} {
    state BACKUP
    nopreempt
    interface @IF:${own}@
    virtual_router_id ${routerId}
    priority ${priority}
    advert_int ${topology.profile.vrrpAdvertMs / 1000}
    unicast_src_ip ${own}
    unicast_peer {
${peers.join('\n')}
    }
    virtual_ipaddress {
        ${address}/32
    }
    # Without the network of databases and cache, this host can serve little, but the other one probably can.
    track_interface {
        @IF:${addressOn(host, 'data')}@
    }
    track_file {
        haproxy
    }
}
`;
}
