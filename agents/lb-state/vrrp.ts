import { statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { readOrEmpty } from '../../kit/read-or-empty.ts';
import type { Instance } from './settings.ts';

/** keepalived's own numbers for the states of an instance. */
export const VRRP_STATES = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 } as const;
export type VrrpState = keyof typeof VRRP_STATES;

/** The state of one instance at one moment. */
export interface InstanceView {
  readonly instance: Instance;
  /** The last state that keepalived reported; INIT if it reported none or does not run. */
  readonly state: VrrpState;
  /** The interface that has this host's own address; empty if the network is missing. */
  readonly interfaceName: string;
  /** Whether the virtual IP is configured on an interface of this host. */
  readonly held: boolean;
  /** Number of transitions to each state since the host started. */
  readonly transitions: Readonly<Record<VrrpState, number>>;
  /** Time of the last transition, in seconds since 1970; `undefined` before the first one. */
  readonly lastTransitionAt: number | undefined;
}

export interface VrrpView {
  /** Whether keepalived's VRRP process exists and is not stopped. */
  readonly up: boolean;
  readonly instances: readonly InstanceView[];
}

/** Reads the state of keepalived below `folder` (`/run/keepalived`), the process table below `proc`, and the interfaces. */
export function readVrrp(
  instances: readonly Instance[],
  { folder, proc = '/proc' }: { readonly folder: string; readonly proc?: string },
): VrrpView {
  const pid = readOrEmpty(join(folder, 'vrrp.pid')).trim();
  const up = /^\d+$/.test(pid) && isRunning(readOrEmpty(join(proc, pid, 'stat')));
  const interfaces = Object.entries(networkInterfaces());
  const interfaceOf = (address: string): string =>
    interfaces.find(([, entries]) => entries?.some((entry) => entry.address === address))?.[0] ?? '';
  const views = instances.map((instance): InstanceView => {
    const path = join(folder, 'transitions', instance.name);
    const { last, transitions } = parseTransitions(readOrEmpty(path));
    return {
      instance,
      state: up ? (last ?? 'INIT') : 'INIT',
      interfaceName: interfaceOf(instance.ownAddress),
      held: interfaceOf(instance.address) !== '',
      transitions,
      lastTransitionAt: last === undefined ? undefined : readWrittenAt(path),
    };
  });
  return { up, instances: views };
}

/**
 * Parses the file of the notify script. Each line is a state that was reached, or `STATE COUNT`; the last line is the current state.
 * keepalived reports `STOP` when it exits; such unknown states count as INIT.
 */
export function parseTransitions(text: string): Pick<InstanceView, 'transitions'> & { readonly last?: VrrpState } {
  const transitions = { INIT: 0, BACKUP: 0, MASTER: 0, FAULT: 0 };
  let last: VrrpState | undefined;
  for (const line of text.split('\n')) {
    const [name = '', times = '1'] = line.split(' ');
    if (name === '') continue;
    last = Object.hasOwn(VRRP_STATES, name) ? (name as VrrpState) : 'INIT';
    transitions[last] += Number(times);
  }
  return { transitions, ...(last === undefined ? {} : { last }) };
}

/** Whether `/proc/PID/stat` belongs to a running keepalived: not stopped (T, t), not a zombie, not another program. */
export function isRunning(stat: string): boolean {
  const match = /^\d+ \((.*)\) (\S) /s.exec(stat);
  return match?.[1]?.startsWith('keepalived') === true && !['T', 't', 'Z', 'X'].includes(match[2] ?? 'X');
}

/** The notify script writes the file only to add a line, so the modification time is that of the last transition. */
function readWrittenAt(path: string): number | undefined {
  const written = statSync(path, { throwIfNoEntry: false });
  return written === undefined ? undefined : written.mtimeMs / 1000;
}
