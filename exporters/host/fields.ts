import { HoldfastError } from '../../kit/errors.ts';

/** A whole number of the kernel's. Throws for anything else: a metric that is wrong is worse than none. */
export function parseNumber(text: string | undefined, what: string): number {
  const trimmed = text?.trim() ?? '';
  if (!/^-?\d+(\.\d+)?$/.test(trimmed)) throw new HoldfastError('unreadable-record', `${what} is no number.`);
  return Number(trimmed);
}

/** Lines of a name and a number, as most of the kernel's files have them: `nr_throttled 3`, `MemTotal:  1024 kB`. */
export function parseFields(text: string): (name: string) => number {
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const [name, value] = line.split(/:?\s+/, 2);
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
  return (name) => parseNumber(values.get(name), name);
}

/** Two lines for each group, names above numbers: `/proc/net/snmp`. The result is asked by group and name: `Tcp RetransSegs`. */
export function parsePairedLines(text: string): (name: string) => number {
  const values = new Map<string, string>();
  const lines = text.split('\n').map((line) => line.split(' '));
  for (const [index, [group = '', ...numbers]] of lines.entries()) {
    const [above, ...names] = lines[index - 1] ?? [];
    if (above !== group || index % 2 === 0) continue;
    for (const [place, name] of names.entries()) values.set(`${group.replace(':', '')} ${name}`, numbers[place] ?? '');
  }
  return (name) => parseNumber(values.get(name), name);
}
