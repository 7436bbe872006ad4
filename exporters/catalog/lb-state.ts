import { atMost, counter, gauge } from './metric.ts';

const INSTANCE = {
  iname: ['front', 'app'],
  intf: atMost(4, 'interfaces of the host'),
  vrid: ['51', '52'],
  ip_address: atMost(2, 'virtual addresses of the topology'),
} as const;

/** State of HAProxy and keepalived, observed on their host: agents/lb-state/metrics.ts. */
export const LB_STATE = {
  keepalived_up: gauge('1', 'Whether the VRRP process exists and is not stopped.'),
  lb_haproxy_up: gauge('1', 'Whether HAProxy on this host responded in time to the last check.'),
  keepalived_vrrp_state: gauge('1', 'Last state reported by keepalived: 0 init, 1 backup, 2 master, 3 fault.', {
    labels: INSTANCE,
  }),
  lb_virtual_address_held: gauge('1', 'Whether the virtual address is assigned to an interface of this host.', {
    labels: INSTANCE,
  }),
  keepalived_become_master_total: counter('1', 'Transitions to master, in which this host took the virtual address.', {
    labels: INSTANCE,
  }),
  keepalived_vrrp_transitions_total: counter('1', 'State transitions since the host started, by new state.', {
    labels: { ...INSTANCE, state: ['init', 'backup', 'master', 'fault'] },
  }),
  // There is no metric for the duration of a failover: the host that takes over does not know when the other one failed.
  keepalived_vrrp_last_transition_timestamp_seconds: gauge('timestamp', 'Time of the last state transition.', {
    labels: INSTANCE,
  }),
} as const;
