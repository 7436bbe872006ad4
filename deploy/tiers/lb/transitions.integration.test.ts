import { afterAll, expect, it } from 'vitest';
import { waitFor } from '../../../kit/deadline.ts';
import { openHosts } from '../../../kit/hosts.ts';
import { hostsOf, makeTopology, type Host } from '../../model/topology.ts';

const topology = makeTopology();
const hosts = openHosts();
const [, standby] = hostsOf(topology, 'lb') as [Host, Host];
const TIMES = 20;

async function on(script: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await hosts.exec(standby.name, ['sh', '-euc', script], { timeoutMs: 60_000 });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim().split('\n');
}

/** Recorded transitions of an instance, `STATE` or `STATE times` each. */
const recorded = (instance: string): Promise<readonly string[]> => on(`cat /run/keepalived/transitions/${instance}`);

afterAll(() => on('echo 0 >/run/keepalived/haproxy.track'));

it('a load balancer records rapid VRRP transitions in order', async () => {
  const instances = Object.keys(topology.virtualAddresses);
  const before = await Promise.all(instances.map(recorded));
  await on(`
    for turn in $(seq ${TIMES}); do
      for value in 1 0; do echo $value >/run/keepalived/haproxy.track; sleep 0.05; done
    done`);
  for (const [index, instance] of instances.entries()) {
    const since = await waitFor(
      async () => {
        const lines = (await recorded(instance)).slice(before[index]?.length);
        return lines.length >= 2 * TIMES && lines;
      },
      { what: `${2 * TIMES} transitions of ${instance}`, deadlineMs: 10_000 },
    );
    expect(since).toEqual(Array(TIMES).fill(['FAULT', 'BACKUP']).flat());
  }
});
