import type { DrillResult } from './run-drill.ts';

/** A line per step with the time since the alert was sent, then the verdict with its reasons. */
export function renderDrill(name: string, { verdict, steps, reasons }: DrillResult): string {
  const startMs = steps[0]?.atMs ?? 0;
  const rows = steps.map(
    (step) => `${step.name.padEnd(9)} ${((step.atMs - startMs) / 1000).toFixed(2).padStart(7)} s  ${step.note}`,
  );
  return [...rows, '', `drill ${name}: ${[verdict, ...reasons].join('; ')}`].join('\n').trimStart();
}
