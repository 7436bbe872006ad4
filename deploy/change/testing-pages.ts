import { setTimeout as sleep } from 'node:timers/promises';
import { routeAddress, type Topology } from '../model/topology.ts';

/** Requests a page every 50 ms until it is stopped; the statuses, and errors as texts. */
export function requestPages(topology: Topology): {
  readonly results: readonly (number | string)[];
  readonly stop: () => Promise<void>;
} {
  const { host, port } = routeAddress(topology, 'http');
  const results: (number | string)[] = [];
  let isOver = false;
  const run = async (): Promise<void> => {
    const inFlight = new Set<Promise<void>>();
    while (!isOver) {
      const one = fetch(`http://${host}:${port}/products/${1 + (results.length % 500)}`)
        .then(async (response) => {
          await response.arrayBuffer();
          results.push(response.status);
        })
        .catch((error: unknown) => {
          results.push(String(error instanceof Error ? (error.cause ?? error) : error));
        });
      inFlight.add(one);
      void one.finally(() => inFlight.delete(one));
      await sleep(50);
    }
    await Promise.all(inFlight);
  };
  const running = run();
  return {
    results,
    stop: () => {
      isOver = true;
      return running;
    },
  };
}
