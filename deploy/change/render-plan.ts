import type { PlannedHost } from './plan.ts';

/** A line per host: its name, the action and the reasons. */
export function renderPlan(changes: readonly PlannedHost[]): string {
  if (changes.length === 0) return 'Nothing differs: every host is as the topology has it.';
  const width = Math.max(...changes.map(({ host }) => host.name.length));
  return changes
    .map(({ host, action, reasons }) => `${host.name.padEnd(width)}  ${action.padEnd(7)}  ${reasons.join(', ')}`)
    .join('\n');
}

/** The change of a host as `plan --json` prints it. */
export function toJson({ host, action, reasons }: PlannedHost): object {
  return { host: host.name, tier: host.tier, action, reasons };
}
