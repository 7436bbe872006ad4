import type { StackContext } from '../../deploy/observe/observation.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { openFault } from '../journal/open-fault.ts';
import { openJournal } from '../journal/journal.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { hostCrash } from './host-crash.ts';
import { hostCutOff } from './host-cut-off.ts';
import { hostFreeze } from './host-freeze.ts';
import { processKill } from './process-kill.ts';
import type { DependencyOf } from './proxy-target.ts';
import { toxiproxyBandwidth } from './toxiproxy-bandwidth.ts';
import { toxiproxyDown } from './toxiproxy-down.ts';
import { toxiproxyLatency } from './toxiproxy-latency.ts';
import { toxiproxyReset } from './toxiproxy-reset.ts';
import { toxiproxyTimeout } from './toxiproxy-timeout.ts';
import type { AnyFault } from './undo.ts';

const topology = makeTopology();
const world: StackContext = { topology, hosts: openHosts() };
const journal = openJournal(PATHS.journal);
const where: DependencyOf = { dependency: 'cache', hosts: ['app2'] };

afterAll(async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal: new AbortController().signal });
});

describe('every fault takes effect on the running stack, and is reverted', () => {
  it.each<readonly [string, AnyFault]>([
    ['a crashed host', hostCrash('web2')],
    ['a frozen host', hostFreeze('web2')],
    ['a host cut off', hostCutOff('web2')],
    ['a killed process', processKill('web2', 'nginx')],
    ['a slow dependency', toxiproxyLatency(where, 300)],
    ['a dependency that is down', toxiproxyDown(where)],
    ['a dependency that hangs', toxiproxyTimeout(where, 0)],
    ['a dependency with low bandwidth', toxiproxyBandwidth(where, 1)],
    ['a dependency that resets connections', toxiproxyReset(where)],
  ])('%s', async (_, fault) => {
    await using active = await openFault(fault, { world, journal, leaseMs: 120_000 });
    expect(active.effect).toMatchObject({ seen: true });
    const { observation } = await active.undo();
    expect(observation).toMatchObject({ seen: true });
    expect((await journal.read()).open.filter(({ id }) => id === active.record.id)).toEqual([]);
  });
});
