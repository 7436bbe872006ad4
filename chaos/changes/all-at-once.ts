import type { Host } from '../../deploy/model/topology.ts';
import type { StackContext } from '../../deploy/observe/observation.ts';
import { waitFor } from '../../kit/deadline.ts';
import { isHealthy } from '../../kit/hosts.ts';

const HEALTHY_DEADLINE_MS = 120_000;

/** Kills hosts at the same moment, starts them again, and waits until they are healthy: what a change costs without any protection. */
export async function allAtOnce({ hosts: engine }: StackContext, hosts: readonly Host[]): Promise<void> {
  try {
    await Promise.all(hosts.map(({ name }) => engine.kill(name)));
  } finally {
    await Promise.all(hosts.map(({ name }) => engine.start(name)));
  }
  await waitFor(
    async () => {
      const states = await engine.list();
      return hosts.every(({ name }) => isHealthy(states.get(name)));
    },
    {
      what: `${hosts.map(({ name }) => name).join(', ')} to be healthy`,
      deadlineMs: HEALTHY_DEADLINE_MS,
      intervalMs: 500,
    },
  );
}
