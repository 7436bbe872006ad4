import { VRRP_STATES, type InstanceView, type VrrpState, type VrrpView } from './vrrp.ts';

const STATES = Object.keys(VRRP_STATES) as readonly VrrpState[];

/**
 * The state of a load balancer in Prometheus' text format. Rendered without prom-client, because every value is read at every scrape.
 * Uses the names of the community's keepalived exporter where it has the same metric.
 */
export function renderMetrics(view: VrrpView, isHaproxyResponding: boolean): string {
  const { instances } = view;
  const family = (
    [name, type]: readonly [string, 'gauge' | 'counter'],
    help: string,
    samples: (seen: InstanceView) => readonly Sample[],
  ): string[] => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...instances.flatMap((seen) => samples(seen).map((one) => `${name}${labelsOf(seen, one.state)} ${one.value}`)),
  ];
  return [
    '# HELP keepalived_up Whether the VRRP process exists and is not stopped.',
    '# TYPE keepalived_up gauge',
    `keepalived_up ${Number(view.up)}`,
    '# HELP lb_haproxy_up Whether HAProxy on this host responded in time to the last check.',
    '# TYPE lb_haproxy_up gauge',
    `lb_haproxy_up ${Number(isHaproxyResponding)}`,
    ...family(
      ['keepalived_vrrp_state', 'gauge'],
      'Last state reported by keepalived: 0 init, 1 backup, 2 master, 3 fault.',
      ({ state }) => [{ value: VRRP_STATES[state] }],
    ),
    ...family(
      ['lb_virtual_address_held', 'gauge'],
      'Whether the virtual address is assigned to an interface of this host.',
      ({ held }) => [{ value: Number(held) }],
    ),
    ...family(
      ['keepalived_become_master_total', 'counter'],
      'Transitions to master, in which this host took the virtual address.',
      ({ transitions }) => [{ value: transitions.MASTER }],
    ),
    ...family(
      ['keepalived_vrrp_transitions_total', 'counter'],
      'State transitions since the host started, by new state.',
      ({ transitions }) => STATES.map((state) => ({ state, value: transitions[state] })),
    ),
    ...family(
      ['keepalived_vrrp_last_transition_timestamp_seconds', 'gauge'],
      'Time of the last state transition.',
      ({ lastTransitionAt }) => (lastTransitionAt === undefined ? [] : [{ value: lastTransitionAt }]),
    ),
    '',
  ].join('\n');
}

interface Sample {
  readonly state?: VrrpState;
  readonly value: number;
}

function labelsOf({ instance, interfaceName }: InstanceView, state?: VrrpState): string {
  const reached = state === undefined ? '' : `,state="${state.toLowerCase()}"`;
  return `{iname="${instance.name}",intf="${interfaceName}",vrid="${instance.routerId}",ip_address="${instance.address}"${reached}}`;
}
