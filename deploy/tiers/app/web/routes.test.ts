import { pino } from 'pino';
import { expect, it } from 'vitest';
import { OTHER_ROUTE, ROUTE_CLASSES, STATIC_PATTERNS } from '../../../model/route-classes.ts';
import { makeMetrics } from '../telemetry/metrics.ts';
import { makeServer } from './make-server.ts';
import type { ShopServices } from './shop-services.ts';

it('the application registers the patterns that requests are counted by, and no others', async () => {
  // Routes are registered without asking anything of what they will use.
  const services = { metrics: makeMetrics('test') } as unknown as ShopServices;
  const app = makeServer({
    services,
    phase: { current: 'ready' },
    log: pino({ level: 'silent' }),
    endTrace: () => undefined,
  });
  await app.ready();
  const counted = ROUTE_CLASSES.filter((route) => route !== OTHER_ROUTE && !STATIC_PATTERNS.includes(route));
  expect(patternsOf(app.printRoutes({ commonPrefix: false }))).toEqual(counted.toSorted());
});

/** Fastify shows its routes as a tree, four columns a level, each branch without what its parents begin with. */
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
