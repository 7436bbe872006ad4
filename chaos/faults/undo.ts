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
import type { FaultContext, Observation } from './fault.ts';

/** What is on disk of every fault: enough to undo it by another process, after the one that injected it died. */
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
  undo(world: FaultContext): Promise<void>;
  probeClear(world: FaultContext): Promise<Observation>;
}

/** How a record is undone. */
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

/** A host that was removed took its faults along; the next one of its name begins anew. */
async function isRemoved(world: FaultContext, undo: Undo): Promise<boolean> {
  const states = await Promise.all(hostsOfUndo(undo).map((host) => world.hosts.state(host)));
  return states.length > 0 && states.every((state) => state === undefined);
}

/** Hosts that a record breaks. */
export function hostsOfUndo(undo: Undo): readonly string[] {
  if (undo.kind === 'load' || undo.kind === 'hostile-client') return [];
  return 'host' in undo ? [undo.host] : undo.targets.map((target) => target.host);
}
