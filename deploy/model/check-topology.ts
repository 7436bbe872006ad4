import { arpTimeoutMs } from './network-attachments.ts';
import type { Problem } from '../../kit/problem.ts';
import { contains } from '../../kit/subnet.ts';
import type { Profile } from './profile.ts';
import { hostsOf, type Host, type NetworkName, type Tier, type Topology } from './topology.ts';

/** Group Replication needs a majority after one loss. */
const MIN_DATABASE_NODES = 3;

/** All problems of a topology. With an `error` it cannot be rendered. */
export function checkTopology(topology: Topology): readonly Problem[] {
  return [
    ...checkHosts(topology),
    ...checkAddresses(topology),
    ...checkPorts(topology),
    ...checkDependencies(topology),
    ...checkRedundancy(topology),
    ...checkProfile(topology.profile),
  ];
}

function problem(code: string, summary: string, rest: Omit<Partial<Problem>, 'code' | 'summary'> = {}): Problem {
  return { code, severity: 'error', summary, ...rest };
}

function checkHosts({ hosts }: Topology): readonly Problem[] {
  return duplicates(hosts.map((host) => [host.name, host.name])).map(([name]) =>
    problem('duplicate-host', `Two hosts are called ${name}.`, {
      at: `hosts.${name}`,
      details: 'Give each its own number.',
    }),
  );
}

function checkAddresses(topology: Topology): readonly Problem[] {
  const taken: (readonly [string, string])[] = [
    ...topology.hosts.flatMap((host) => addressesOf(host).map(([, address]) => [address, host.name] as const)),
    ...Object.entries(topology.virtualAddresses).map(
      ([name, { address }]) => [address, `the virtual address ${name}`] as const,
    ),
  ];
  const shared = duplicates(taken).map(([address, owners]) =>
    problem('duplicate-address', `${address} belongs to ${owners.join(' and ')}.`, {
      at: `hosts.${owners[0] ?? ''}.addresses`,
      details: 'Give each its own address.',
    }),
  );
  const outside = topology.hosts.flatMap((host) =>
    addressesOf(host)
      .filter(([network, address]) => !contains(topology.networks[network].subnet, address))
      .map(([network, address]) =>
        problem('address-outside-network', `${address} is not in ${topology.networks[network].subnet}.`, {
          at: `hosts.${host.name}.addresses.${network}`,
        }),
      ),
  );
  const routerIds = Object.values(topology.virtualAddresses).map(
    ({ routerId, network }) => [String(routerId), network] as const,
  );
  const clashing = duplicates(routerIds).map(([id]) =>
    problem('duplicate-router-id', `Two virtual addresses use the VRRP router id ${id}.`, { at: 'virtualAddresses' }),
  );
  return [...shared, ...outside, ...clashing];
}

function checkPorts(topology: Topology): readonly Problem[] {
  const published = topology.hosts.flatMap((host) =>
    host.published.map((port) => [String(port.loopbackPort), host.name] as const),
  );
  const routes = Object.values(topology.routes).map(
    (route) => [`${route.virtualAddress}:${route.port}`, route.name] as const,
  );
  const proxies = topology.dependencies.map(
    (dependency) => [`${dependency.consumer}:${dependency.proxyPort}`, dependency.name] as const,
  );
  return [
    ...duplicates(published).map(([port, hosts]) =>
      problem('port-clash', `The loopback port ${port} is published by ${hosts.join(' and ')}.`, {
        at: 'hosts.published',
      }),
    ),
    ...duplicates(routes).map(([place, names]) =>
      problem('port-clash', `The routes ${names.join(' and ')} share ${place}.`, { at: 'routes' }),
    ),
    ...duplicates(proxies).map(([place, names]) =>
      problem('port-clash', `The proxies ${names.join(' and ')} share ${place}.`, { at: 'dependencies' }),
    ),
  ];
}

function checkDependencies(topology: Topology): readonly Problem[] {
  return topology.dependencies.flatMap((dependency) => {
    const at = `dependencies.${dependency.name}`;
    const known = Object.keys(topology.routes);
    const unknownRoute = known.includes(dependency.route)
      ? []
      : [
          problem(
            'unknown-dependency',
            `${dependency.consumer} depends on the route ${dependency.route}, which does not exist.`,
            {
              at,
              details: `Known routes: ${known.join(', ')}.`,
            },
          ),
        ];
    const noConsumer =
      hostsOf(topology, dependency.consumer).length > 0
        ? []
        : [
            problem('unknown-consumer', `No host of the tier ${dependency.consumer} consumes ${dependency.name}.`, {
              at,
            }),
          ];
    return [...unknownRoute, ...noConsumer];
  });
}

function checkRedundancy(topology: Topology): readonly Problem[] {
  const databases = hostsOf(topology, 'db').length;
  const tooFew =
    databases < MIN_DATABASE_NODES
      ? [
          problem('too-few-database-nodes', `${databases} database nodes cannot lose one and keep a majority.`, {
            at: 'hosts.db',
            details: `Group Replication needs at least ${MIN_DATABASE_NODES}.`,
          }),
        ]
      : [];
  const pairs: readonly Tier[] = ['edge', 'lb', 'web', 'app', 'monitor'];
  const single = pairs.flatMap((tier) => {
    const count = hostsOf(topology, tier).length;
    if (count >= 2) return [];
    const severity = count === 0 ? 'error' : 'warning';
    const summary = `The tier ${tier} has ${count === 0 ? 'no host' : 'one host: a single point of failure'}.`;
    return [problem('single-point-of-failure', summary, { severity, at: `hosts.${tier}` })];
  });
  return [...tooFew, ...single];
}

/** Each rule: name and value that must not be larger, name and value of its limit, and the reason. */
function checkProfile(profile: Profile): readonly Problem[] {
  const { check, role, client, monitoring } = profile;
  const rules: readonly (readonly [string, number, string, number, string])[] = [
    ['check.timeoutMs', check.timeoutMs, 'check.intervalMs', check.intervalMs, 'checks of one server would overlap'],
    [
      'check.fastIntervalMs',
      check.fastIntervalMs,
      'check.intervalMs',
      check.intervalMs,
      'HAProxy would check a changing server less often',
    ],
    [
      'role.intervalMs',
      role.intervalMs,
      'role.timeoutMs',
      role.timeoutMs,
      'the role agent would not notice a lost response before its next poll',
    ],
    [
      'client.cacheCommandMs',
      client.cacheCommandMs,
      'client.readQueryMs',
      client.readQueryMs,
      'the cache would be slower than the database',
    ],
    [
      'client.ownWriteWaitMs',
      client.ownWriteWaitMs,
      'client.readQueryMs',
      client.readQueryMs,
      'the query timeout would end the wait',
    ],
    [
      'client.writeQueryMs',
      client.writeQueryMs,
      'client.writeBudgetMs',
      client.writeBudgetMs,
      'one statement could use the time of all retries',
    ],
    [
      'groupSuspicionMs',
      profile.groupSuspicionMs,
      'client.writeBudgetMs',
      client.writeBudgetMs,
      'writes would fail before a new primary exists',
    ],
    [
      'the ARP timeout of an unreachable host',
      arpTimeoutMs(profile),
      'groupSuspicionMs',
      profile.groupSuspicionMs,
      'connection attempts to a lost node would delay the election',
    ],
    [
      'role.agentCheckMs',
      role.agentCheckMs,
      'groupSuspicionMs',
      profile.groupSuspicionMs,
      'a restarted load balancer would open its routes after the group has elected a new primary',
    ],
    [
      '3 × monitoring.monitorScrapeIntervalMs',
      3 * monitoring.monitorScrapeIntervalMs,
      'monitoring.lookbackMs',
      monitoring.lookbackMs,
      'one failed scrape would make a monitor absent',
    ],
    [
      '3 × monitoring.detailScrapeIntervalMs',
      3 * monitoring.detailScrapeIntervalMs,
      'monitoring.lookbackMs',
      monitoring.lookbackMs,
      'one failed scrape would make a server absent',
    ],
    [
      '2 × monitoring.probeIntervalMs',
      2 * monitoring.probeIntervalMs,
      'monitoring.lookbackMs',
      monitoring.lookbackMs,
      'one failed probe would make a host absent',
    ],
    [
      'monitoring.scrapeIntervalMs',
      monitoring.scrapeIntervalMs,
      'monitoring.evaluationIntervalMs',
      monitoring.evaluationIntervalMs,
      'rules would see the same sample twice',
    ],
    [
      'monitoring.evaluationIntervalMs',
      monitoring.evaluationIntervalMs,
      'monitoring.alertForMs',
      monitoring.alertForMs,
      'an alert would fire on a single evaluation',
    ],
    [
      'monitoring.budgetPeriodMs',
      monitoring.budgetPeriodMs,
      'monitoring.retentionMs',
      monitoring.retentionMs,
      'Prometheus would not keep the samples of a whole error budget period',
    ],
  ];
  return rules
    .filter(([, smaller, , larger]) => smaller > larger)
    .map(([smallerName, smaller, largerName, larger, why]) =>
      problem(
        'profile-contradiction',
        `${smallerName} (${smaller} ms) is longer than ${largerName} (${larger} ms): ${why}.`,
        {
          at: `profile.${smallerName}`,
        },
      ),
    );
}

function addressesOf(host: Host): readonly (readonly [NetworkName, string])[] {
  return Object.entries(host.addresses) as (readonly [NetworkName, string])[];
}

/** Keys that occur more than once, with their owners. */
function duplicates(pairs: readonly (readonly [string, string])[]): readonly (readonly [string, readonly string[]])[] {
  const owners = new Map<string, string[]>();
  for (const [key, owner] of pairs) owners.set(key, [...(owners.get(key) ?? []), owner]);
  return [...owners].filter(([, names]) => names.length > 1);
}
