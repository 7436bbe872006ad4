import { z } from 'zod';
import type { Fault, UndoMethod } from './fault.ts';
import { probeDependency } from './probe-dependency.ts';
import {
  cleanTargets,
  observeProxyClean,
  observeTargets,
  planTargets,
  proxyTarget,
  type DependencyOf,
} from './proxy-target.ts';
import { describeWhere } from './toxic-fault.ts';
import { toxiproxyApi } from './toxiproxy-api.ts';

export const toxiproxyDownUndo = z.strictObject({
  kind: z.literal('toxiproxy-down'),
  targets: z.array(proxyTarget).min(1),
});

type ToxiproxyDownUndo = z.infer<typeof toxiproxyDownUndo>;

/** A dependency is down: its connections are closed and new ones are refused. */
export function toxiproxyDown(where: DependencyOf): Fault<ToxiproxyDownUndo> {
  return {
    kind: 'toxiproxy-down',
    description: `${describeWhere(where)} is down`,
    targets: where.hosts,
    plan: async (world) => ({ kind: 'toxiproxy-down', targets: await planTargets(world, where) }),
    inject: async (_world, undo) => {
      await Promise.all(undo.targets.map((target) => toxiproxyApi(target.api).setEnabled(target.proxy, false)));
    },
    probeEffect: (world, undo) =>
      observeTargets(undo.targets, async (target) => {
        const reply = await probeDependency(world, { ...target, timeoutMs: 1_000 });
        return {
          seen: reply.outcome === 'refused',
          text: `connection ${reply.outcome} (before: answered after ${target.baselineMs.toFixed(1)} ms)`,
        };
      }),
  };
}

export const undoToxiproxyDown: UndoMethod<ToxiproxyDownUndo> = {
  undo: (world, undo) =>
    cleanTargets(world, undo.targets, (target) => toxiproxyApi(target.api).setEnabled(target.proxy, true)),
  probeClear: (world, undo) => observeTargets(undo.targets, (target) => observeProxyClean(world, target)),
};
