/** Whether a measurement exists and can be one: a finite number of at least 0. */
export function isKnown(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0;
}
