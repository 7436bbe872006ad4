import type { ValueUnit } from '../exporters/promql/promql-type.ts';

/**
 * Allowed units of panels, by Grafana's ID, with the matching units of PromQL. A value of unknown unit (`any`) fits all of them.
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

/** Whether a value of this unit fits the unit of the panel. */
export function unitFits(id: UnitId, unit: ValueUnit): boolean {
  return unit === 'any' || (UNITS[id] as readonly ValueUnit[]).includes(unit);
}
