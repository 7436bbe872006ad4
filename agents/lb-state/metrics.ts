import { VRRP_STATES, type VrrpView } from './vrrp.ts';

/**
 * The state of a load balancer in Prometheus' text format. Written by hand because every value is read anew at every scrape; names of the
 * community's keepalived exporter where it has one.
 */
export function renderMetrics(view: VrrpView, haproxyAnswers: boolean): string {
  const rows = view.instances.map((seen) => ({
    ...seen,
    labels: `{iname="${seen.instance.name}",intf="${seen.interfaceName}",vrid="${seen.instance.routerId}",ip_address="${seen.instance.address}"}`,
  }));
  const family = (
    [name, type]: readonly [string, 'gauge' | 'counter'],
    help: string,
    value: (row: (typeof rows)[number]) => number,
  ): string[] => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...rows.map((row) => `${name}${row.labels} ${value(row)}`),
  ];
  return [
    '# HELP keepalived_up Whether the VRRP process exists and is not stopped.',
    '# TYPE keepalived_up gauge',
    `keepalived_up ${Number(view.up)}`,
    '# HELP lb_haproxy_answers Whether HAProxy on this host answered in time when it was last asked.',
    '# TYPE lb_haproxy_answers gauge',
    `lb_haproxy_answers ${Number(haproxyAnswers)}`,
    ...family(
      ['keepalived_vrrp_state', 'gauge'],
      'State that keepalived told last: 0 init, 1 backup, 2 master, 3 fault.',
      ({ state }) => VRRP_STATES[state],
    ),
    ...family(
      ['lb_virtual_address_held', 'gauge'],
      'Whether the virtual address really is on an interface of this host.',
      ({ held }) => Number(held),
    ),
    ...family(
      ['keepalived_become_master_total', 'counter'],
      'Times that this host took the virtual address.',
      ({ becameMaster }) => becameMaster,
    ),
    ...family(
      ['keepalived_vrrp_transitions_total', 'counter'],
      'Changes of state since the host started.',
      ({ transitions }) => transitions,
    ),
    '',
  ].join('\n');
}
