import { HoldfastError } from '../../kit/errors.ts';

/** Parses a decimal number from a file of the kernel. Throws for anything else: a wrong metric is worse than none. */
export function parseNumber(text: string | undefined, what: string): number {
  const trimmed = text?.trim() ?? '';
  if (!/^-?\d+(\.\d+)?$/.test(trimmed)) throw new HoldfastError('unreadable-record', `${what} is not a number.`);
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

/** Parses files such as `/proc/net/snmp`: two lines per group, names above numbers. The result takes group and name: `Tcp RetransSegs`. */
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
