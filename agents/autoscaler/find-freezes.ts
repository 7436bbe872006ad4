import { isKnown } from './is-known.ts';
import type { Observation } from './observation.ts';
import type { Load } from './read-load.ts';
import type { ScalerState } from './scaler-state.ts';
import type { Settings } from './settings.ts';

/** The reasons why no host may be drained now. Missing information is one. */
export function findFreezes(
  observation: Observation,
  load: Load | undefined,
  { settings, state }: { readonly settings: Settings; readonly state: Pick<ScalerState, 'fall' | 'starting'> },
): readonly string[] {
  const { symptomAlerts, lostHosts, latencyMs } = observation;
  const symptoms = symptomAlerts?.filter((name) => !name.startsWith(settings.ownAlertPrefix)) ?? [];
  return [
    ...(load === undefined ? ['no load balancer has a valid answer'] : []),
    ...(load !== undefined && load.silent.length > 0 ? [`${load.silent.join(', ')} has no valid answer`] : []),
    ...(load !== undefined && load.disputed.length > 0
      ? [`the load balancers disagree about ${load.disputed.join(', ')}`]
      : []),
    ...(symptomAlerts === undefined ? ['firing alerts are unknown'] : []),
    ...(symptoms.length > 0 ? [`${symptoms.join(', ')} is firing`] : []),
    ...(lostHosts.length > 0 ? [`${lostHosts.join(', ')} is lost`] : []),
    ...(isKnown(latencyMs) ? [] : ['the latency is unknown']),
    ...(isKnown(latencyMs) && latencyMs > settings.latencyLimitMs ? ['the latency is above its limit'] : []),
    ...(state.fall === undefined ? [] : ['traffic fell suddenly']),
    ...(state.starting.length > 0 ? [`${state.starting.map(({ host }) => host).join(', ')} is starting`] : []),
  ];
}
