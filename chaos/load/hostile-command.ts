import type { CommandContext } from '../../deploy/commands.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { nearest } from '../../kit/nearest.ts';
import { openProgress } from '../../kit/progress.ts';
import { openStackLock } from '../../kit/stack-lock.ts';
import { requireNetwork } from '../../kit/require-network.ts';
import { exitCodeOf, mergeVerdicts } from '../../kit/verdict.ts';
import { HOSTILE_CLIENT_SECONDS } from '../faults/hostile-client.ts';
import { ATTACKS, type AttackKind } from '../hostile/attack.ts';
import { runHostile, type HostileRow } from './hostile-suite.ts';
import { renderRows } from './load-table.ts';
import { parseTarget } from './targets.ts';

export interface HostileFlags {
  readonly attack?: string;
  readonly target?: string;
  /** Seconds of each attack. */
  readonly duration: number;
  readonly rate: number;
  readonly json?: boolean;
}

/** `holdfast load hostile`: runs each kind of attack on each entry during honest load, and prints the results of the honest clients. */
export async function runHostileCommand(flags: HostileFlags, { topology, signal }: CommandContext): Promise<void> {
  const attacks = flags.attack === undefined ? ATTACKS : [parseAttack(flags.attack)];
  checkDuration(flags.duration);
  const target = flags.target === undefined ? undefined : parseTarget(flags.target, topology);
  requireNetwork(topology.networks.ops);
  await using _lock = await openStackLock('load hostile', 'load');
  const progress = openProgress();
  const rows: HostileRow[] = [];
  const print = (finished: readonly HostileRow[]): void => {
    console.log(flags.json === true ? JSON.stringify(finished, null, 2) : renderHostileTable(finished));
  };
  try {
    const options = { topology, attacks, ...(target === undefined ? {} : { target: target.name }), signal };
    for await (const row of runHostile({
      ...options,
      ...{ seconds: flags.duration, rate: flags.rate, onProgress: progress.report },
    })) {
      rows.push(row);
      progress.report(`${row.attack} on ${row.target}: ${[row.verdict, ...row.reasons].join('; ')}`);
    }
  } catch (error) {
    // Finished rows stay valid.
    if (rows.length > 0) print(rows);
    throw error;
  } finally {
    progress.stop();
  }
  print(rows);
  process.exitCode = exitCodeOf(mergeVerdicts(rows.map(({ verdict }) => verdict)));
}

/** One row per attack and entry: results of the honest clients during the attack, and from 10 s after its end on. */
export function renderHostileTable(rows: readonly HostileRow[]): string {
  const ms = (value: number | undefined): string => value?.toFixed(0) ?? '-';
  const header = [
    'attack',
    'entry',
    'verdict',
    'honest',
    'failed',
    'p50 ms',
    'p99 ms',
    'max ms',
    'after: failed',
    'p99 ms',
  ];
  const lines = rows.map(({ attack, target, verdict, during, afterwards }) => [
    ...[attack, target, verdict, String(during.requests), String(during.failed)],
    ...[ms(during.p50), ms(during.p99), ms(during.max), String(afterwards.failed), ms(afterwards.p99)],
  ]);
  return [
    ...renderRows([header, ...lines]),
    ...rows.map(({ attack, target, effect }) => `${attack} on ${target}: ${effect}`),
    ...rows.flatMap(({ attack, target, reasons }) => reasons.map((reason) => `${attack} on ${target}: ${reason}`)),
  ].join('\n');
}

/** If the attacker exits before the end of the measurement, the measurement is not valid. */
const MOST_SECONDS = HOSTILE_CLIENT_SECONDS - 60;

/** Throws `usage` for a duration after which the attacker would have exited. Exported for its test. */
export function checkDuration(seconds: number): void {
  if (seconds <= MOST_SECONDS) return;
  throw new HoldfastError('usage', `--duration ${seconds} is too long for an attack.`, {
    fix: `Use at most ${MOST_SECONDS}.`,
  });
}

function parseAttack(word: string): AttackKind {
  const attack = ATTACKS.find((known) => known === word);
  if (attack !== undefined) return attack;
  throw new HoldfastError('usage', `There is no attack ${word}.`, {
    fix: `Known attacks: ${nearest(word, ATTACKS).join(', ')}.`,
  });
}
