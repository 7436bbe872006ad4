import type { StackContext } from '../../deploy/observe/observation.ts';
import { HoldfastError } from '../../kit/errors.ts';
import type { Journal } from '../journal/journal.ts';
import { renderUnrecorded, type UnrecordedFault } from './unrecorded-fault.ts';
import { findUnrecordedClientLimits } from './unrecorded-client-limits.ts';
import { findUnrecordedLimits } from './unrecorded-limits.ts';
import { findUnrecordedMaintenance } from './unrecorded-maintenance.ts';
import { findUnrecordedProxies } from './unrecorded-proxies.ts';
import { findUnrecordedServices } from './unrecorded-services.ts';

/**
 * Faults of the stack that have no journal entry. `heal` cannot revert them, and they would distort every measurement. Hosts that are frozen, stopped or
 * cut off are not included: `status` shows their state, and `up` repairs them.
 */
export async function findUnrecorded(world: StackContext, journal: Journal): Promise<readonly UnrecordedFault[]> {
  const found = await findOnce(world, journal);
  if (found.length === 0) return [];
  // A run may inject a fault after the journal was read, or revert one before the stack was read. Only faults that a second search finds again count.
  const again = new Set((await findOnce(world, journal)).map(nameOf));
  return found.filter((fault) => again.has(nameOf(fault)));
}

function nameOf({ host, text }: UnrecordedFault): string {
  return `${host}: ${text}`;
}

async function findOnce(world: StackContext, journal: Journal): Promise<readonly UnrecordedFault[]> {
  const { topology, hosts } = world;
  const [states, { open }] = await Promise.all([hosts.list(), journal.read()]);
  const recorded = open.map(({ undo }) => undo);
  const found = await Promise.all([
    findUnrecordedProxies(world, states, recorded),
    findUnrecordedServices(world, states, recorded),
    findUnrecordedMaintenance(topology, hosts, states),
    findUnrecordedClientLimits(topology, hosts, states),
  ]);
  return [...found.flat(), ...findUnrecordedLimits(topology, states)];
}

/** Throws `stack-not-healthy` if there are unrecorded faults, because they would distort measurements. */
export async function refuseUnrecorded(world: StackContext, journal: Journal): Promise<void> {
  const found = await findUnrecorded(world, journal);
  if (found.length === 0) return;
  const lines = found.map(nameOf).join('\n');
  const fixes = [...new Set(found.map(({ fix }) => fix))].join('\n');
  throw new HoldfastError('stack-not-healthy', `The stack has faults without a journal entry:\n${lines}`, {
    fix: fixes,
  });
}

/** The unrecorded faults as `status` shows them; empty if the stack does not exist. */
export async function readUnrecordedTexts(world: StackContext, journal: Journal): Promise<readonly string[]> {
  return renderUnrecorded(await findUnrecorded(world, journal));
}
