import { type AlertCase, always, OWN_START, step } from './alert-case.ts';
import type { Alert } from './alert.ts';

const STARTED = { [OWN_START]: always(0) };
const [DOWN, OTHER] = ['up{host="lb1",job="haproxy"}', 'up{host="lb2",job="haproxy"}'];
const LOST = { labels: { host: 'lb1' } };

/** What is there when everything is well, as far as the alerts look. */
const ALL_WELL = {
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

/** When hosts other than the monitors booted, seconds since 1970. */
const booted = (...times: readonly number[]): AlertCase['series'] =>
  Object.fromEntries(
    times.map((atS, index) => [
      `node_boot_time_seconds{host="app${index + 1}",instance="app${index + 1}",job="host",tier="app"}`,
      always(atS),
    ]),
  );

/** A stack that is starting, told by one alert that stands for all of them. */
export const STARTING_CASES: readonly AlertCase[] = [
  {
    kind: 'quiet',
    title: 'a starting stack is given time, and then no more',
    series: { ...STARTED, [DOWN]: always(0), [OTHER]: always(1) },
    expect: [
      { atS: 30, alerts: [] },
      { atS: 110, alerts: [] },
      { atS: 140, alerts: [LOST] },
    ],
  },
  {
    kind: 'fires',
    title: 'a stack that was well once is given no more time',
    series: { ...STARTED, ...ALL_WELL, [DOWN]: step(1, 0) },
    expect: [
      { atS: 18, alerts: [] },
      { atS: 30, alerts: [LOST] },
    ],
  },
  {
    kind: 'fires',
    title: 'a Prometheus that is started in a stack that runs gives it no time',
    series: { ...STARTED, ...booted(-500, -500, 0), [DOWN]: always(0), [OTHER]: always(1) },
    expect: [{ atS: 30, alerts: [LOST] }],
  },
  {
    kind: 'quiet',
    title: 'a host that is older than the stack around it does not make that one old',
    series: { ...STARTED, ...booted(-500, -5, 2), [DOWN]: always(0), [OTHER]: always(1) },
    expect: [
      { atS: 30, alerts: [] },
      { atS: 110, alerts: [] },
      { atS: 140, alerts: [LOST] },
    ],
  },
  {
    kind: 'quiet',
    title: 'what is on disk from before the whole stack was started says nothing about its age',
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
    title: 'a young stack that was well before Prometheus was started again is given no more time',
    series: {
      ...ALL_WELL,
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

/** The alert that {@link STARTING_CASES} are told by. */
export function startingSubject(alerts: readonly Alert[]): Alert {
  const alert = alerts.find(({ name }) => name === 'LoadBalancerLost');
  if (alert === undefined)
    throw new Error('LoadBalancerLost is gone: tell the cases of a starting stack by another alert');
  return alert;
}
