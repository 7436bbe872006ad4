import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { z } from 'zod';
import { addressOn, PORTS, type Dependency } from '../../deploy/model/topology.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { modelOf } from './host-fault.ts';
import { probeDependency } from './probe-dependency.ts';
import { toxiproxyApi } from './toxiproxy-api.ts';

/** One proxy on one consumer's host, as stored in the undo record. */
export const proxyTarget = z.strictObject({
  host: z.string(),
  api: z.url(),
  proxy: z.string(),
  /** Where the proxy listens on the host's loopback. */
  port: z.int(),
  /** Time to the first byte through the proxy, before the fault. */
  baselineMs: z.number().nonnegative(),
});

export type ProxyTarget = z.infer<typeof proxyTarget>;

/** A dependency of some hosts, which a Toxiproxy fault breaks. */
export interface DependencyOf {
  readonly dependency: Dependency['name'];
  readonly hosts: readonly string[];
}

/** Checks the proxies before the fault: they must have no toxic and answer, or the fault would prove nothing. */
export function planTargets(world: StackContext, where: DependencyOf, requestBytes?: number): Promise<ProxyTarget[]> {
  const dependency = world.topology.dependencies.find((candidate) => candidate.name === where.dependency);
  if (dependency === undefined) throw new HoldfastError('usage', `There is no dependency ${where.dependency}.`);
  return Promise.all(
    where.hosts.map(async (host) => {
      const api = `http://${addressOn(modelOf(world, host), 'ops')}:${PORTS.toxiproxy}`;
      const { enabled, toxics } = await toxiproxyApi(api).readProxy(dependency.name);
      if (!enabled || toxics.length > 0)
        throw new HoldfastError('stack-not-healthy', `The proxy ${dependency.name} of ${host} already has a toxic.`);
      const port = dependency.proxyPort;
      const reply = await probeDependency(world, {
        host,
        port,
        ...(requestBytes === undefined ? {} : { requestBytes }),
      });
      if (reply.outcome !== 'answered')
        throw new HoldfastError(
          'stack-not-healthy',
          `${host} gets no answer from ${dependency.name} (${reply.outcome}).`,
        );
      return { host, api, proxy: dependency.name, port, baselineMs: reply.ms };
    }),
  );
}

/** Checks all targets in parallel. `seen` only if it is true for every target. */
export async function observeTargets(
  targets: readonly ProxyTarget[],
  observe: (target: ProxyTarget) => Promise<Observation>,
): Promise<Observation> {
  const observations = await Promise.all(targets.map(observe));
  return {
    seen: observations.every((observation) => observation.seen),
    text: observations.map((observation, index) => `${targets[index]?.host ?? ''}: ${observation.text}`).join('; '),
  };
}

/** Whether a proxy is enabled, has no toxic, and answers about as fast as before the fault. */
export async function observeProxyClean(world: StackContext, target: ProxyTarget): Promise<Observation> {
  const { enabled, toxics } = await toxiproxyApi(target.api).readProxy(target.proxy);
  if (!enabled) return { seen: false, text: `${target.proxy} is disabled` };
  if (toxics.length > 0)
    return { seen: false, text: `${target.proxy} carries ${toxics.map((toxic) => toxic.name).join(', ')}` };
  const reply = await probeDependency(world, { host: target.host, port: target.port });
  const normal = Math.max(target.baselineMs * 3, target.baselineMs + 50);
  return {
    seen: reply.outcome === 'answered' && reply.ms <= normal,
    text: `no toxic, ${reply.outcome} after ${reply.ms.toFixed(1)} ms (before the fault: ${target.baselineMs.toFixed(1)} ms)`,
  };
}

/** Calls `clean` for every target. Where that fails, the Toxiproxy process is restarted, which removes all toxics. */
export async function cleanTargets(
  world: StackContext,
  targets: readonly ProxyTarget[],
  clean: (target: ProxyTarget) => Promise<void>,
): Promise<void> {
  const failures: string[] = [];
  for (const target of targets) {
    try {
      await clean(target);
    } catch (error) {
      const restart = await restartToxiproxy(world, target.host);
      if (restart !== undefined) failures.push(`${target.host}: ${messageOf(error)}; restart: ${restart}`);
    }
  }
  if (failures.length > 0) throw new HoldfastError('heal-failed', failures.join('\n'));
}

/** Returns why the restart failed; undefined after a success. A host that does not run has no toxics. */
async function restartToxiproxy(world: StackContext, host: string): Promise<string | undefined> {
  try {
    if ((await world.hosts.state(host))?.running !== true) return undefined;
    const { code, stderr } = await world.hosts.exec(host, RESTART);
    return code === 0 ? undefined : stderr.trim();
  } catch (error) {
    return messageOf(error);
  }
}

const RESTART = ['sh', '-c', 's6-svc -wr -T 3000 -r /etc/s6/toxiproxy || s6-svc -k /etc/s6/toxiproxy'];
