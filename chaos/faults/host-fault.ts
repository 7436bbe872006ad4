import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { HoldfastError } from '../../kit/errors.ts';
import type { Host } from '../../deploy/model/topology.ts';
import type { HostState } from '../../kit/hosts.ts';
import { hostAnswers } from './liveness-probe.ts';

/** The host in the topology. An unknown name throws `usage`: it can only come from the caller. */
export function modelOf(world: StackContext, name: string): Host {
  const host = world.topology.hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new HoldfastError('usage', `There is no host ${name}.`);
  return host;
}

/** The state of a host that must exist. */
export async function stateOf(world: StackContext, name: string): Promise<HostState> {
  const state = await world.hosts.state(name);
  if (state === undefined) throw new HoldfastError('stack-down', `The host ${name} does not exist.`);
  return state;
}

/** Checks a host before a fault is injected: it must be running, or the fault would prove nothing. */
export async function checkPrecondition(
  world: StackContext,
  name: string,
): Promise<{ readonly state: HostState; readonly answeredBefore: boolean }> {
  const state = await stateOf(world, name);
  if (!state.running || state.paused)
    throw new HoldfastError('stack-not-healthy', `${name} is not running, so no fault can be injected.`);
  return { state, answeredBefore: await hostAnswers(modelOf(world, name)) };
}

/** Whether a host that answered before the fault no longer answers. For a host that did not answer before, this is not checked. */
export async function observeNoAnswer(
  world: StackContext,
  undo: { readonly host: string; readonly answeredBefore: boolean },
): Promise<Observation> {
  if (!undo.answeredBefore) return { seen: true, text: 'its service did not answer before the fault either' };
  const answers = await hostAnswers(modelOf(world, undo.host));
  return {
    seen: !answers,
    text: answers ? 'its service still responds' : 'its service responded before the fault and does not respond now',
  };
}

/** Whether a host is back: it runs, is not frozen, is attached to all its networks, and passes its health check, if it has one. */
export async function observeHostBack(world: StackContext, name: string): Promise<Observation> {
  const state = await stateOf(world, name);
  const disconnected = Object.entries(modelOf(world, name).addresses).filter(
    ([network, address]) => state.networks[network] !== address,
  );
  const missing = [
    ...(state.running ? [] : ['it does not run']),
    ...(state.paused ? ['it is frozen'] : []),
    ...(disconnected.length === 0 ? [] : [`cut off from ${disconnected.map(([network]) => network).join(', ')}`]),
    ...(state.health === 'healthy' || state.health === 'none' ? [] : [`its health is ${state.health}`]),
  ];
  if (missing.length > 0) return { seen: false, text: `${name}: ${missing.join(', ')}` };
  return { seen: true, text: `${name} runs on all its networks, health ${state.health}` };
}
