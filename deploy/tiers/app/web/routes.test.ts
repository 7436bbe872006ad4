import { pino } from 'pino';
import { expect, it } from 'vitest';
import { OTHER_ROUTE, ROUTE_CLASSES, STATIC_PATTERNS } from '../../../model/route-classes.ts';
import { makeMetrics } from '../telemetry/metrics.ts';
import { makeServer } from './make-server.ts';
import type { ShopServices } from './shop-services.ts';

it('the application registers exactly the route classes of the model', async () => {
  // Registering routes uses no service.
  const services = { metrics: makeMetrics('test') } as unknown as ShopServices;
  const app = makeServer({
    services,
    phase: { current: 'ready' },
    version: 'abc',
    log: pino({ level: 'silent' }),
    endTrace: () => undefined,
  });
  await app.ready();
  const counted = ROUTE_CLASSES.filter((route) => route !== OTHER_ROUTE && !STATIC_PATTERNS.includes(route));
  expect(patternsOf(app.printRoutes({ commonPrefix: false }))).toEqual(counted.toSorted());
});

/** Fastify prints its routes as a tree with four columns per level; each branch omits the prefix of its parents. */
function patternsOf(tree: string): readonly string[] {
  const parents: string[] = [];
  return tree
    .split('\n')
    .flatMap((line) => {
      const found = /^(?<indent>.*)── (?<part>\S+)(?<handlers> \()?/.exec(line)?.groups;
      if (found === undefined) return [];
      const { indent = '', part = '', handlers } = found;
      const depth = Math.floor(indent.length / 4);
      parents[depth] = part;
      return handlers === undefined ? [] : [parents.slice(0, depth + 1).join('')];
    })
    .toSorted();
}
