import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { z } from 'zod';
import type { Fault, UndoMethod } from './fault.ts';
import { hostCrashUndo, undoHostCrash } from './host-crash.ts';
import { hostCutOffUndo, undoHostCutOff } from './host-cut-off.ts';
import { hostFreezeUndo, undoHostFreeze } from './host-freeze.ts';
import { hostileUndo, undoHostile } from './hostile-client.ts';
import { loadUndo, undoLoad } from './orphaned-load.ts';
import { processKillUndo, undoProcessKill } from './process-kill.ts';
import { toxicUndo, undoToxic } from './toxic-fault.ts';
import { toxiproxyDownUndo, undoToxiproxyDown } from './toxiproxy-down.ts';

/** The undo record of a fault, as stored on disk. Another process can revert the fault from it after the injecting process has exited. */
export const undoSchema = z.discriminatedUnion('kind', [
  hostCrashUndo,
  hostFreezeUndo,
  hostCutOffUndo,
  processKillUndo,
  toxicUndo,
  toxiproxyDownUndo,
  loadUndo,
  hostileUndo,
]);

export type Undo = z.infer<typeof undoSchema>;
export type AnyFault = Fault<Undo>;

/** An undo record bound to its method. */
interface BoundUndo {
  undo(world: StackContext): Promise<void>;
  probeClear(world: StackContext): Promise<Observation>;
}

/** Binds a record to the undo method of its kind. */
export function bindUndo(undo: Undo): BoundUndo {
  switch (undo.kind) {
    case 'host-crash':
      return bind(undoHostCrash, undo);
    case 'host-freeze':
      return bind(undoHostFreeze, undo);
    case 'host-cut-off':
      return bind(undoHostCutOff, undo);
    case 'process-kill':
      return bind(undoProcessKill, undo);
    case 'toxiproxy-latency':
    case 'toxiproxy-timeout':
    case 'toxiproxy-bandwidth':
    case 'toxiproxy-reset':
      return bind(undoToxic, undo);
    case 'toxiproxy-down':
      return bind(undoToxiproxyDown, undo);
    case 'hostile-client':
      return bind(undoHostile, undo);
    case 'load':
      return bind(undoLoad, undo);
  }
}

function bind<U extends Undo>(method: UndoMethod<U>, undo: U): BoundUndo {
  return {
    undo: async (world) => {
      if (!(await isRemoved(world, undo))) await method.undo(world, undo);
    },
    probeClear: async (world) => {
      if (await isRemoved(world, undo)) return { seen: true, text: 'its hosts were removed, and the fault with them' };
      return method.probeClear(world, undo);
    },
  };
}

/** A removed host has no faults any more, and a new host of the same name starts without them. */
async function isRemoved(world: StackContext, undo: Undo): Promise<boolean> {
  const states = await Promise.all(hostsOfUndo(undo).map((host) => world.hosts.state(host)));
  return states.length > 0 && states.every((state) => state === undefined);
}

/** Hosts that the fault of a record breaks. */
export function hostsOfUndo(undo: Undo): readonly string[] {
  if (undo.kind === 'load' || undo.kind === 'hostile-client') return [];
  return 'host' in undo ? [undo.host] : undo.targets.map((target) => target.host);
}
