import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { z } from 'zod';
import type { ICreateToxicBody, ToxicAttributeTypes } from 'toxiproxy-node-client';
import type { Fault, UndoMethod } from './fault.ts';
import {
  cleanTargets,
  observeProxyClean,
  observeTargets,
  planTargets,
  proxyTarget,
  type DependencyOf,
  type ProxyTarget,
} from './proxy-target.ts';
import { toxiproxyApi } from './toxiproxy-api.ts';

const TOXIC_KINDS = ['toxiproxy-latency', 'toxiproxy-timeout', 'toxiproxy-bandwidth', 'toxiproxy-reset'] as const;

export const toxicUndo = z.strictObject({
  kind: z.enum(TOXIC_KINDS),
  /** Name of the toxic on every target. */
  toxic: z.string(),
  targets: z.array(proxyTarget).min(1),
});

export type ToxicUndo = z.infer<typeof toxicUndo>;

interface ToxicPlan {
  readonly kind: ToxicUndo['kind'];
  readonly description: string;
  readonly toxic: Omit<ICreateToxicBody<ToxicAttributeTypes>, 'name' | 'toxicity'>;
  readonly where: DependencyOf;
  /** Size of the requests of the probes; default 64 bytes. */
  readonly requestBytes?: number;
  /** Effect probe of one target. */
  readonly probe: (world: StackContext, target: ProxyTarget) => Promise<Observation>;
}

/** The common part of toxic faults: one toxic on the same dependency of several hosts, with an effect probe for each host. */
export function toxicFault(plan: ToxicPlan): Fault<ToxicUndo> {
  const { kind, where } = plan;
  const toxic = `holdfast-${kind.slice('toxiproxy-'.length)}`;
  return {
    kind,
    description: plan.description,
    targets: where.hosts,
    plan: async (world) => ({ kind, toxic, targets: await planTargets(world, where, plan.requestBytes) }),
    inject: async (_world, undo) => {
      await Promise.all(
        undo.targets.map((target) =>
          toxiproxyApi(target.api).addToxic(target.proxy, { ...plan.toxic, name: undo.toxic, toxicity: 1 }),
        ),
      );
    },
    probeEffect: (world, undo) => observeTargets(undo.targets, (target) => plan.probe(world, target)),
  };
}

export const undoToxic: UndoMethod<ToxicUndo> = {
  undo: (world, undo) =>
    cleanTargets(world, undo.targets, (target) => toxiproxyApi(target.api).removeToxic(target.proxy, undo.toxic)),
  probeClear: (world, undo) => observeTargets(undo.targets, (target) => observeProxyClean(world, target)),
};

/** `cache as seen by app1, app2`. */
export function describeWhere(where: DependencyOf): string {
  return `${where.dependency} as seen by ${where.hosts.join(', ')}`;
}
