import { isInterrupted, type Change } from './change-journal.ts';

/** A line per change: start, duration, user, command, result and cost; then the reason and the problem, if there are any. */
export function renderChanges(changes: readonly Change[]): string {
  if (changes.length === 0) return 'No change was made yet.';
  const rows = changes.map((change) => [
    change.startedAt.slice(0, 19).replace('T', ' '),
    durationOf(change),
    change.by,
    change.what,
    isInterrupted(change) ? 'interrupted' : change.result,
    costOf(change),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return changes
    .flatMap(({ what, reason, problem }, index) => [
      (rows[index] ?? [])
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
      ...(reason === what ? [] : [`    reason: ${reason}`]),
      ...(problem === undefined ? [] : [`    ${problem}`]),
    ])
    .join('\n');
}

function durationOf({ startedAt, endedAt }: Change): string {
  if (endedAt === undefined) return '–';
  return `${((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000).toFixed(1)} s`;
}

function costOf({ cost }: Change): string {
  return cost === undefined ? 'cost unknown' : `${cost.failed} of about ${cost.requests} requests failed`;
}
