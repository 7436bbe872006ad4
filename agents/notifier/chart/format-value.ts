const SECONDS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
] as const;
const BYTES = [
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
  [1, 'B'],
] as const;
const PLAIN = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
] as const;

/** A value with three digits and a readable unit: `250 ms`, `1.5 MiB`, `2 %`. */
export function formatValue(value: number, unit: string): string {
  if (unit === 'timestamp') return `${new Date(value * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const { size, name } = scaleOf(value, unit);
  return withUnit(value / size, name);
}

/** The readable unit of a value. */
export function scaleOf(value: number, unit: string): { readonly size: number; readonly name: string } {
  if (unit === 'ratio') return { size: 0.01, name: '%' };
  if (unit === 'percent') return { size: 1, name: '%' };
  const perSecond = unit.endsWith(' per second') ? '/s' : '';
  const steps = unit === 'seconds' ? SECONDS : unit.startsWith('bytes') ? BYTES : PLAIN;
  const amount = Math.abs(value);
  // Use the plain unit for 0 and, if there is no unit, for values from 0.01; smaller values need a prefix.
  const plain = amount === 0 || (steps === PLAIN && amount >= 0.01);
  const [size, prefix] = steps.find(([step]) => step <= amount || (plain && step === 1)) ?? steps.at(-1) ?? [1, ''];
  return { size, name: `${prefix}${perSecond}` };
}

function withUnit(value: number, unit: string): string {
  const digits = String(Number(value.toPrecision(3)));
  return unit === '' ? digits : `${digits} ${unit}`;
}

/** A readable duration: `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
