import { HoldfastError } from '../../kit/errors.ts';
import type { Facts } from '../kit/facts.ts';
import type { Collector, Sink } from '../kit/exporter.ts';
import { parseNumber, parsePairedLines } from './fields.ts';

/** Subnet (CIDR) → name of the network in the topology. */
export type Networks = ReadonlyMap<string, string>;

/** Columns of `/proc/net/dev`, in order. */
const COLUMNS: readonly (string | undefined)[] = [
  'node_network_receive_bytes_total',
  'node_network_receive_packets_total',
  'node_network_receive_errs_total',
  'node_network_receive_drop_total',
  undefined,
  undefined,
  undefined,
  undefined,
  'node_network_transmit_bytes_total',
  'node_network_transmit_packets_total',
  'node_network_transmit_errs_total',
  'node_network_transmit_drop_total',
];

const SNMP = {
  node_netstat_Tcp_CurrEstab: 'Tcp CurrEstab',
  node_netstat_Tcp_ActiveOpens: 'Tcp ActiveOpens',
  node_netstat_Tcp_PassiveOpens: 'Tcp PassiveOpens',
  node_netstat_Tcp_OutSegs: 'Tcp OutSegs',
  node_netstat_Tcp_RetransSegs: 'Tcp RetransSegs',
} as const;
const NETSTAT = {
  node_netstat_TcpExt_ListenOverflows: 'TcpExt ListenOverflows',
  node_netstat_TcpExt_ListenDrops: 'TcpExt ListenDrops',
} as const;

/** The host's interfaces, named by their networks in the topology, and its TCP counters. */
export function networkCollector(networks: Networks): Collector<Facts> {
  return {
    name: 'network',
    collect(facts, emit) {
      emitInterfaces(facts.read('/proc/net/dev'), networksOf(facts.read('/proc/net/route'), networks), emit);
      const snmp = parsePairedLines(facts.read('/proc/net/snmp'));
      for (const [name, field] of Object.entries(SNMP)) emit({ name, value: snmp(field) });
      const netstat = parsePairedLines(facts.read('/proc/net/netstat'));
      for (const [name, field] of Object.entries(NETSTAT)) emit({ name, value: netstat(field) });
      emitSockets(facts.read('/proc/net/sockstat'), emit);
      emitConntrack(facts, emit);
      return Promise.resolve();
    },
  };
}

function emitInterfaces(text: string, names: ReadonlyMap<string, string>, emit: Sink): void {
  for (const line of text.split('\n')) {
    const [, iface, numbers] = /^\s*(\S+):\s*(.+)$/.exec(line) ?? [];
    // Loopback traffic passes no network.
    if (iface === undefined || numbers === undefined || iface === 'lo') continue;
    const values = numbers.split(/\s+/);
    for (const [place, name] of COLUMNS.entries()) {
      if (name === undefined) continue;
      emit({ name, labels: { device: names.get(iface) ?? iface }, value: parseNumber(values[place], iface) });
    }
  }
}

function emitSockets(text: string, emit: Sink): void {
  for (const [name, pattern] of [
    ['node_sockstat_sockets_used', /^sockets: used (\d+)/m],
    ['node_sockstat_TCP_inuse', /^TCP: inuse (\d+)/m],
    ['node_sockstat_TCP_tw', /^TCP: .*\btw (\d+)/m],
  ] as const) {
    emit({ name, value: parseNumber(pattern.exec(text)?.[1], name) });
  }
}

const CONNTRACK = {
  node_nf_conntrack_entries: '/proc/sys/net/netfilter/nf_conntrack_count',
  node_nf_conntrack_entries_limit: '/proc/sys/net/netfilter/nf_conntrack_max',
} as const;

/** Emits nothing where the kernel does not track connections. */
function emitConntrack(facts: Facts, emit: Sink): void {
  for (const [name, path] of Object.entries(CONNTRACK))
    if (facts.has(path)) emit({ name, value: parseNumber(facts.read(path), path) });
}

/** Interface → network, from the routes without a gateway: interface names can change at each start. */
function networksOf(routes: string, networks: Networks): ReadonlyMap<string, string> {
  return new Map(
    routes
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [iface, destination, gateway, , , , , mask] = line.split(/\s+/);
        if (iface === undefined || destination === undefined || mask === undefined || gateway !== '00000000') return [];
        const name = networks.get(`${addressOf(destination)}/${prefixOf(mask)}`);
        return name === undefined ? [] : [[iface, name] as const];
      }),
  );
}

/** `000012C6` is 198.18.0.0: the kernel writes the bytes in reverse (little-endian) order. */
function addressOf(hex: string): string {
  return bytesOf(hex).join('.');
}

function prefixOf(hex: string): number {
  return bytesOf(hex)
    .map((byte) => byte.toString(2).replaceAll('0', '').length)
    .reduce((sum, ones) => sum + ones, 0);
}

function bytesOf(hex: string): readonly number[] {
  if (!/^[0-9A-F]{8}$/.test(hex)) throw new HoldfastError('unreadable-record', `${hex} is not an address.`);
  return [6, 4, 2, 0].map((place) => Number.parseInt(hex.slice(place, place + 2), 16));
}
