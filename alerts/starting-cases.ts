import { type AlertCase, always, OWN_START, step } from './alert-case.ts';
import type { Alert } from './alert.ts';

const STARTED = { [OWN_START]: always(0) };
const [DOWN, OTHER] = ['up{host="lb1",job="haproxy"}', 'up{host="lb2",job="haproxy"}'];
const LOST = { labels: { host: 'lb1' } };

/** Series of a healthy stack, as far as alerts need them. */
const ALL_HEALTHY = {
  'up{host="lb1",job="haproxy"}': always(1),
  'up{host="lb2",job="haproxy"}': always(1),
  'up{host="app1",job="app"}': always(1),
  'up{host="app2",job="app"}': always(1),
  'up{host="db1",job="mysql"}': always(1),
  'up{host="shop",job="journey"}': always(1),
  ...Object.fromEntries(
    ['edge1', 'edge2', 'cache1', 'cache2', 'cache3'].map((host) => [`up{host="${host}",job="host"}`, always(1)]),
  ),
  'up{host="db1",job="mysql-detail"}': always(1),
  ...Object.fromEntries(
    ['prometheus', 'alertmanager', 'notifier'].flatMap((job) =>
      ['mon1', 'mon2'].map((host) => [`up{host="${host}",job="${job}"}`, always(1)]),
    ),
  ),
  'lb_virtual_address_held{host="lb1",iname="front",ip_address="198.18.0.10"}': always(1),
  'lb_virtual_address_held{host="lb1",iname="app",ip_address="198.18.1.10"}': always(1),
  'haproxy_backend_active_servers{host="lb1",proxy="cache"}': always(1),
  'holdfast_db_group_members_online{host="lb1"}': always(3),
  'holdfast_db_writers{host="lb1"}': always(1),
  ...Object.fromEntries(
    ['db1', 'db2', 'db3'].map((name) => [
      `holdfast_db_node_state{host="lb1",node="${name}",state="ONLINE"}`,
      always(1),
    ]),
  ),
};

/** Boot times of hosts other than the monitors, in seconds since 1970. */
const booted = (...times: readonly number[]): AlertCase['series'] =>
  Object.fromEntries(
    times.map((atS, index) => [
      `node_boot_time_seconds{host="app${index + 1}",instance="app${index + 1}",job="host",tier="app"}`,
      always(atS),
    ]),
  );

/** Cases of the startup grace period, tested with one alert ({@link startingSubject}). */
export const STARTING_CASES: readonly AlertCase[] = [
  {
    kind: 'quiet',
    title: 'no alert during the startup grace period, but after it',
    series: { ...STARTED, [DOWN]: always(0), [OTHER]: always(1) },
    expect: [
      { atS: 30, alerts: [] },
      { atS: 110, alerts: [] },
      { atS: 140, alerts: [LOST] },
    ],
  },
  {
    kind: 'fires',
    title: 'the grace period ends once the stack was healthy',
    series: { ...STARTED, ...ALL_HEALTHY, [DOWN]: step(1, 0) },
    expect: [
      { atS: 18, alerts: [] },
      { atS: 30, alerts: [LOST] },
    ],
  },
  {
    kind: 'fires',
    title: 'no grace period when Prometheus starts in a running stack',
    series: { ...STARTED, ...booted(-500, -500, 0), [DOWN]: always(0), [OTHER]: always(1) },
    expect: [{ atS: 30, alerts: [LOST] }],
  },
  {
    kind: 'quiet',
    title: 'one host that booted earlier does not end the grace period',
    series: { ...STARTED, ...booted(-500, -5, 2), [DOWN]: always(0), [OTHER]: always(1) },
    expect: [
      { atS: 30, alerts: [] },
      { atS: 110, alerts: [] },
      { atS: 140, alerts: [LOST] },
    ],
  },
  {
    kind: 'quiet',
    title: 'boot times from before a restart of the whole stack do not end the grace period',
    series: {
      ...STARTED,
      [OWN_START]: [
        [-500, 20],
        [30, 140],
      ],
      'node_boot_time_seconds{host="app1",instance="app1",job="host",tier="app"}': [
        [-500, 20],
        ['missing', 140],
      ],
      [DOWN]: step(1, 0),
      [OTHER]: always(1),
    },
    expect: [{ atS: 38, alerts: [] }],
  },
  {
    kind: 'fires',
    title: 'no new grace period when Prometheus restarts in a new stack that was healthy before',
    series: {
      ...ALL_HEALTHY,
      ...booted(0, 1, 2),
      [OWN_START]: [
        [0, 60],
        [60, 100],
      ],
      [DOWN]: [
        [1, 60],
        [0, 100],
      ],
    },
    expect: [
      { atS: 58, alerts: [] },
      { atS: 80, alerts: [LOST] },
    ],
  },
];

/** The alert with which {@link STARTING_CASES} are tested. */
export function startingSubject(alerts: readonly Alert[]): Alert {
  const alert = alerts.find(({ name }) => name === 'LoadBalancerLost');
  if (alert === undefined)
    throw new Error('There is no alert LoadBalancerLost any more: test the startup grace period with another alert');
  return alert;
}
