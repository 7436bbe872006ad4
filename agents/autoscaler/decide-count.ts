import type { HostBounds } from './host-bounds.ts';
import { isKnown } from './is-known.ts';
import type { Demand } from './measure-demand.ts';
import type { Now, Observation } from './observation.ts';
import type { ScalerState } from './scaler-state.ts';
import type { Settings } from './settings.ts';

/** Share of the target load at which hosts are busy enough to be the cause of a high latency. */
const BUSY = 0.8;

interface CountInput {
  readonly settings: Settings;
  readonly observation: Observation;
  readonly state: ScalerState;
  readonly demand: Demand;
  readonly bounds: HostBounds;
  readonly freezes: readonly string[];
  readonly now: Now;
}

/** A number of hosts, and the reason as a sentence. */
export interface Count {
  readonly desired: number;
  readonly reason: string;
}

/** Decides how many hosts should serve: more on evidence of load, one less after a long time of low load, else the same. */
export function decideCount(input: CountInput): Count {
  const { desired, reason } = decideByLoad(input);
  const { least, most, leastBy, mostBy } = input.bounds;
  if (desired < least) return { desired: least, reason: `The ${leastBy} requires ${hosts(least)}.` };
  if (desired <= most) return { desired, reason };
  return { desired: most, reason: `${reason} The ${mostBy} allows ${hosts(most)}.` };
}

function decideByLoad(input: CountInput): Count {
  const { observation, settings, state } = input;
  const more = findMore(input);
  if (more === undefined) return decideLess(input);
  const { databaseSaturation } = observation;
  // Without a measurement there is no veto: the loss of monitoring must not stop scale-out.
  if (!isKnown(databaseSaturation) || databaseSaturation < settings.databaseVeto) return more;
  return {
    desired: state.desired,
    reason: `${more.reason} No host is added, because the database is saturated: ${percent(databaseSaturation)}.`,
  };
}

/** The count for a load above the current one; undefined if there is no evidence of it. */
function findMore({ settings, observation, state, demand, now }: CountInput): Count | undefined {
  const { tolerance, latencyLimitMs, stableWindowMs } = settings;
  const { burst, stable } = demand;
  if (burst !== undefined && burst > state.desired * (1 + tolerance.burst)) {
    return { desired: sizeFor(burst, settings), reason: `The load of the last ticks needs ${burst.toFixed(1)} hosts.` };
  }
  if (stable !== undefined && stable > state.desired * (1 + tolerance.out)) {
    return {
      desired: sizeFor(stable, settings),
      reason: `The load of the stable window needs ${stable.toFixed(1)} hosts.`,
    };
  }
  const { latencyMs } = observation;
  const isSettled = now.monotonicMs - (state.lastOutMs ?? -Infinity) >= stableWindowMs && state.starting.length === 0;
  const isBusy = stable !== undefined && stable >= BUSY * state.desired;
  if (isKnown(latencyMs) && latencyMs > latencyLimitMs && isBusy && isSettled) {
    return { desired: state.desired + 1, reason: `The latency of ${latencyMs.toFixed(0)} ms is above its limit.` };
  }
  return undefined;
}

/** The same count, or one less. */
function decideLess({ settings, state, demand, freezes, now }: CountInput): Count {
  const { desired } = state;
  const { peak } = demand;
  if (peak === undefined) {
    const incomplete = `the readings of the last ${seconds(settings.scaleInWindowMs)} are incomplete`;
    return { desired, reason: `${hosts(desired)}: ${[incomplete, ...freezes].join(', and ')}.` };
  }
  if (peak > (desired - 1) * (1 - settings.tolerance.in)) {
    return { desired, reason: `${hosts(desired)}: the load of up to ${peak.toFixed(1)} hosts is within its limits.` };
  }
  const low = `The load needed at most ${peak.toFixed(1)} hosts for ${seconds(settings.scaleInWindowMs)}`;
  if (freezes.length > 0) return { desired, reason: `${low}, but ${freezes.join(', and ')}.` };
  if (now.monotonicMs - (state.lastInMs ?? -Infinity) < settings.scaleInPauseMs) {
    return { desired, reason: `${low}, but the last drain was less than ${seconds(settings.scaleInPauseMs)} ago.` };
  }
  return { desired: desired - 1, reason: `${low}.` };
}

/** Less than the tolerance above a whole number needs no further host. */
function sizeFor(need: number, { tolerance }: Settings): number {
  return Math.ceil(need / (1 + tolerance.out));
}

function hosts(count: number): string {
  return `${count} host${count === 1 ? '' : 's'}`;
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(0)} %`;
}
