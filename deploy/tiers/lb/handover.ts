import type { Topology } from '../../model/topology.ts';

/**
 * The nftables rules of a load balancer, for a planned handover of the virtual IPs; `deploy/change/drain-load-balancer.ts` uses them.
 *
 * The new owner forwards packets of connections that it does not know to the previous owner, which ends them. A listener has the socket mark 0. An
 * accepted connection has that of its SYN (sysctl `tcp_fwmark_accept`), which is 1. So mark 0 on any other packet means that only a listener matches: the
 * connection is unknown here. Unfinished handshakes and closed connections in TIME_WAIT have no mark and stay.
 *
 * The map `previous` is empty except during a handover. Its elements expire in the kernel, so a change that was killed leaves nothing behind.
 * `dup` sends to the previous owner directly, so this host needs no IP forwarding, which would connect the networks for every host.
 */
export function renderHandover({ virtualAddresses }: Pick<Topology, 'virtualAddresses'>): string {
  const addresses = Object.values(virtualAddresses).map(({ address }) => address);
  return `table ip handover {
    # Virtual IP -> address of its previous owner on the same network.
    map previous {
        type ipv4_addr : ipv4_addr
        flags timeout
    }
    chain arriving {
        type filter hook prerouting priority mangle; policy accept;
        ip daddr != { ${addresses.join(', ')} } accept
        ip protocol != tcp accept
        # Every packet, not only a SYN: the last packet of a handshake with a SYN cookie creates the socket.
        meta mark set 1
        tcp flags & (syn | ack | rst) == syn accept
        socket mark 0 dup to ip daddr map @previous drop
    }
}
`;
}
