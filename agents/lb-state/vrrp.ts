import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Instance } from './settings.ts';

/** keepalived's own numbers for the states of an instance. */
export const VRRP_STATES = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 } as const;
type VrrpState = keyof typeof VRRP_STATES;

/** What is known of one instance at one moment. */
export interface InstanceView {
  readonly instance: Instance;
  /** What keepalived said last; INIT when it said nothing or does not run. */
  readonly state: VrrpState;
  /** The interface that has this host's own address; empty when the network is gone. */
  readonly interfaceName: string;
  /** Whether the virtual address really is on an interface of this host. */
  readonly held: boolean;
  readonly transitions: number;
  readonly becameMaster: number;
}

export interface VrrpView {
  /** keepalived's VRRP process exists and is not stopped. */
  readonly up: boolean;
  readonly instances: readonly InstanceView[];
}

/** Reads the state of keepalived below `folder` (`/run/keepalived`), the process table below `proc`, and the interfaces. */
export async function readVrrp(
  instances: readonly Instance[],
  { folder, proc = '/proc' }: { readonly folder: string; readonly proc?: string },
): Promise<VrrpView> {
  const pid = (await readOrEmpty(join(folder, 'vrrp.pid'))).trim();
  const up = /^\d+$/.test(pid) && isRunning(await readOrEmpty(join(proc, pid, 'stat')));
  const interfaces = Object.entries(networkInterfaces());
  const interfaceOf = (address: string): string =>
    interfaces.find(([, entries]) => entries?.some((entry) => entry.address === address))?.[0] ?? '';
  const views = instances.map(async (instance): Promise<InstanceView> => {
    const told = parseTransitions(await readOrEmpty(join(folder, 'transitions', instance.name)));
    return {
      instance,
      state: up ? (told.at(-1) ?? 'INIT') : 'INIT',
      interfaceName: interfaceOf(instance.ownAddress),
      held: interfaceOf(instance.address) !== '',
      transitions: told.length,
      becameMaster: told.filter((state) => state === 'MASTER').length,
    };
  });
  return { up, instances: await Promise.all(views) };
}

/** The states that the notify script wrote, oldest first; `STOP` is what keepalived says when it ends. */
export function parseTransitions(text: string): readonly VrrpState[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (Object.hasOwn(VRRP_STATES, line) ? (line as VrrpState) : 'INIT'));
}

/** Whether `/proc/PID/stat` is that of a keepalived that runs: not stopped (T, t), not a zombie, not another program. */
export function isRunning(stat: string): boolean {
  const match = /^\d+ \((.*)\) (\S) /s.exec(stat);
  return match?.[1]?.startsWith('keepalived') === true && !['T', 't', 'Z', 'X'].includes(match[2] ?? 'X');
}

async function readOrEmpty(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
