import { join } from 'node:path';
import { execa } from 'execa';
import { HOSTILE_ADDRESS } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { PROJECT } from '../../kit/hosts.ts';
import { macAddressOf } from './mac-address.ts';
import { ROOT } from '../../kit/paths.ts';
import type { AttackCounts, AttackKind } from './attack.ts';

/** Limits of the attacker's container, because a real attacker does not use resources of the stack's machine. */
const PROCESSORS = '0.7';
const MEMORY = '512m';

/** A target of an attack. */
export interface AttackAt {
  /** `edge1`, `http` … */
  readonly name: string;
  /** `http://address:port` or `https://…`. */
  readonly url: string;
}

interface AttackPlan {
  readonly runId: string;
  readonly attack: AttackKind;
  readonly at: readonly AttackAt[];
  /** The attack ends after this time. */
  readonly seconds: number;
}

export function hostileContainerName(runId: string): string {
  return `${PROJECT}-hostile-${runId}`;
}

/** Arguments of `docker` for an attacker: one address on the front network, an ordinary user without capabilities, nothing writable. */
export function renderHostileRun({ runId, attack, at, seconds }: AttackPlan): readonly string[] {
  return [
    ...['run', '--detach', '--name', hostileContainerName(runId), '--label', 'org.holdfast=1'],
    ...['--network', `${PROJECT}_front`, '--ip', HOSTILE_ADDRESS, '--mac-address', macAddressOf(HOSTILE_ADDRESS)],
    ...['--user', '65534:65534', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--read-only'],
    ...['--memory', MEMORY, '--cpus', PROCESSORS],
    ...['--mount', `type=bind,src=${join(ROOT, 'chaos/hostile')},dst=/hostile,readonly`],
    `${PROJECT}/node:dev`,
    ...['node', '/hostile/main.ts', '--attack', attack, '--seconds', String(seconds)],
    ...at.map(({ name, url }) => `${name}=${url}`),
  ];
}

/** Starts an attacker. Throws `load-failed` when its container does not start. */
export async function startHostile(plan: AttackPlan): Promise<void> {
  const { exitCode, stderr } = await execa('docker', renderHostileRun(plan), { reject: false, stdin: 'ignore' });
  if (exitCode === 0) return;
  const isTaken = /address already in use/i.test(stderr);
  throw new HoldfastError('load-failed', `The attacker did not start: ${stderr.trim().split('\n').at(-1) ?? ''}`, {
    fix: isTaken ? 'Wait until the other attack on this stack has ended.' : 'Start the stack with `./holdfast up`.',
  });
}

/** The last report of the attacker, by target; empty before its first report. */
export async function readHostile(runId: string): Promise<Readonly<Record<string, AttackCounts>>> {
  const { stdout } = await execa('docker', ['logs', '--tail', '3', hostileContainerName(runId)], { reject: false });
  const last = stdout
    .trimEnd()
    .split('\n')
    .findLast((line) => line.startsWith('{'));
  return last === undefined ? {} : (JSON.parse(last) as Record<string, AttackCounts>);
}
