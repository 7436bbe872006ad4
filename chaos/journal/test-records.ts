import type { StackContext } from '../../deploy/observe/observation.ts';
import { fakeHosts, type FakeHosts } from '../faults/fake-hosts.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import type { FaultRecord } from './fault-record.ts';
import { ownIdentity } from '../../kit/process-identity.ts';

/** The reference topology over hosts in memory, for tests. */
export function fakeWorld(before?: (call: string) => void): StackContext & { readonly hosts: FakeHosts } {
  const topology = makeTopology();
  const byName = new Map(topology.hosts.map((host) => [host.name, host]));
  const hosts = fakeHosts({
    names: [...byName.keys()],
    networks: (name) => ({ ...byName.get(name)?.addresses }),
    ...(before === undefined ? {} : { before }),
  });
  return { topology, hosts };
}

/** A record of the crash of a host by this process, for tests. */
export function crashRecord(host: string, changes: Partial<FaultRecord> = {}): FaultRecord {
  return {
    id: `test-${host}`,
    kind: 'host-crash',
    description: `${host} crashes`,
    hosts: [host],
    undo: { kind: 'host-crash', host, answeredBefore: true, initPid: 1_000, startedAt: '' },
    injectedBy: ownIdentity(),
    createdAt: Date.now(),
    deadlineAt: Date.now() + 600_000,
    state: 'injected',
    ...changes,
  };
}
