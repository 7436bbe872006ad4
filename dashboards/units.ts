import type { ValueUnit } from '../exporters/promql/promql-type.ts';

/**
 * The units that panels may have, by Grafana's id, and what of PromQL they fit. A value of which nothing is known (`any`) fits every one.
 */
export const UNITS = {
  short: ['1'],
  bool_yes_no: ['1'],
  reqps: ['1 per second'],
  ops: ['1 per second'],
  s: ['seconds'],
  bytes: ['bytes'],
  binBps: ['bytes per second'],
  percentunit: ['ratio'],
  percent: ['percent'],
  dateTimeFromNow: ['timestamp in ms'],
} as const satisfies Readonly<Record<string, readonly ValueUnit[]>>;

export type UnitId = keyof typeof UNITS;

/** Whether a value of this unit may be shown so. */
export function unitFits(id: UnitId, unit: ValueUnit): boolean {
  return unit === 'any' || (UNITS[id] as readonly ValueUnit[]).includes(unit);
}
