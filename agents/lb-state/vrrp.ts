import { statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { readOrEmpty } from '../../kit/read-or-empty.ts';
import type { Instance } from './settings.ts';

/** keepalived's own numbers for the states of an instance. */
export const VRRP_STATES = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 } as const;
export type VrrpState = keyof typeof VRRP_STATES;

/** What is known of one instance at one moment. */
export interface InstanceView {
  readonly instance: Instance;
  /** What keepalived said last; INIT when it said nothing or does not run. */
  readonly state: VrrpState;
  /** The interface that has this host's own address; empty when the network is gone. */
  readonly interfaceName: string;
  /** Whether the virtual address really is on an interface of this host. */
  readonly held: boolean;
  /** How often it came to each state since the host started. */
  readonly reached: Readonly<Record<VrrpState, number>>;
  /** When it came to the last of them, in seconds since 1970; undefined before the first one. */
  readonly lastTransitionAt: number | undefined;
}

export interface VrrpView {
  /** keepalived's VRRP process exists and is not stopped. */
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
    const { last, reached } = parseTransitions(readOrEmpty(path));
    return {
      instance,
      state: up ? (last ?? 'INIT') : 'INIT',
      interfaceName: interfaceOf(instance.ownAddress),
      held: interfaceOf(instance.address) !== '',
      reached,
      lastTransitionAt: last === undefined ? undefined : readWrittenAt(path),
    };
  });
  return { up, instances: views };
}

/** What the notify script wrote: a state that was reached, or `STATE times`; the last line is the last one. `STOP` is what keepalived says when it ends. */
export function parseTransitions(text: string): Pick<InstanceView, 'reached'> & { readonly last?: VrrpState } {
  const reached = { INIT: 0, BACKUP: 0, MASTER: 0, FAULT: 0 };
  let last: VrrpState | undefined;
  for (const line of text.split('\n')) {
    const [word = '', times = '1'] = line.split(' ');
    if (word === '') continue;
    last = Object.hasOwn(VRRP_STATES, word) ? (word as VrrpState) : 'INIT';
    reached[last] += Number(times);
  }
  return { reached, ...(last === undefined ? {} : { last }) };
}

/** Whether `/proc/PID/stat` is that of a keepalived that runs: not stopped (T, t), not a zombie, not another program. */
export function isRunning(stat: string): boolean {
  const match = /^\d+ \((.*)\) (\S) /s.exec(stat);
  return match?.[1]?.startsWith('keepalived') === true && !['T', 't', 'Z', 'X'].includes(match[2] ?? 'X');
}

/** The notify script writes when it has a line to add, and then only: the file was last written when the last line was. */
function readWrittenAt(path: string): number | undefined {
  const written = statSync(path, { throwIfNoEntry: false });
  return written === undefined ? undefined : written.mtimeMs / 1000;
}
