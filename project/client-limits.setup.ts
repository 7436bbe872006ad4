import { beforeAll } from 'vitest';
import { readClientCounts } from '../chaos/probes/client-tables.ts';
import { CLIENT_LIMITS } from '../deploy/model/request-limits.ts';
import { hostsOf, makeTopology } from '../deploy/model/topology.ts';
import { waitFor } from '../kit/deadline.ts';
import { openHosts } from '../kit/hosts.ts';
import { ownAddresses, requireNetwork } from '../kit/require-network.ts';
import { contains } from '../kit/subnet.ts';

/** Maximum remaining rate of the previous test file, as a share of the limit: test files themselves use up to 85 %. */
const LEFT_OVER = 0.05;

/**
 * All integration tests are one client, whose rate the entries limit over {@link CLIENT_LIMITS.windowMs}. Each test file starts when requests of the
 * previous file no longer count, so that its result does not depend on the order of the files.
 */
beforeAll(async () => {
  const context = { topology: makeTopology(), hosts: openHosts() };
  const { front } = context.topology.networks;
  requireNetwork(front);
  const client = ownAddresses().find((address) => contains(front.subnet, address)) ?? '';
  const entries = (['edge', 'lb'] as const).flatMap((tier) => hostsOf(context.topology, tier));
  const most = (LEFT_OVER * CLIENT_LIMITS.requestsPerSecond * CLIENT_LIMITS.windowMs) / 1_000;
  await waitFor(
    async () => {
      const counts = await Promise.all(entries.map(({ name }) => readClientCounts(context, name, client)));
      return counts.every(({ requestRate, connectionRate }) => Math.max(requestRate, connectionRate) <= most);
    },
    { what: 'client limits without the requests of the previous test file', deadlineMs: 6 * CLIENT_LIMITS.windowMs },
  );
});
