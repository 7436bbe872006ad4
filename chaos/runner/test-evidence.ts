import type { RequestRecord } from '../evidence/request-record.ts';
import type { ExperimentEvidence } from './experiment-evidence.ts';

/** An arbitrary moment at which the fault of the synthetic run is injected. */
export const T0 = 1_800_000_000_000;

/** A request of a synthetic run, `offsetMs` after the fault. */
export function request(offsetMs: number, changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    startMs: T0 + offsetMs,
    durationMs: 12,
    kind: 'page',
    ok: true,
    status: 200,
    connection: 'new',
    target: 'virtual-address',
    ...changes,
  };
}

const KINDS = ['page', 'order', 'product', 'login'] as const;

/** One clean request every 10 ms, from 5 s before the fault until 40 s after it, each with the changes of `change`. */
export function requests(
  change: (offsetMs: number, record: RequestRecord) => Partial<RequestRecord> = () => ({}),
): RequestRecord[] {
  return Array.from({ length: 4_500 }, (_, index) => {
    const record = request(-5_000 + index * 10, { kind: KINDS[index % KINDS.length] ?? 'page' });
    return { ...record, ...change(record.startMs - T0, record) };
  });
}

const LOST = { alertname: 'LoadBalancerLost', host: 'lb1', copies: 1 } as const;

/** Evidence of a run in which the guarantee held: the crash of `lb1`, mailed and resolved. */
export function evidence(changes: Partial<ExperimentEvidence> = {}): ExperimentEvidence {
  const keys = Array.from({ length: 100 }, (_, index) => `run-${index}`);
  return {
    runId: 'run',
    fault: {
      description: 'lb1 crashes',
      targets: ['lb1'],
      why: 'lb1 holds the address',
      effect: { seen: true, text: 'its init is gone' },
      clear: { seen: true, text: 'lb1 runs again' },
    },
    baseline: { seen: true, text: '500 requests, 0 failed' },
    phases: {
      baselineAt: T0 - 5_000,
      injectedAt: T0,
      provenAt: T0 + 400,
      undoneAt: T0 + 15_000,
      clearedAt: T0 + 18_000,
      redundantAt: T0 + 19_000,
      redundancy: 'both load balancers serve',
      loadEndedAt: T0 + 39_000,
    },
    records: requests(),
    orders: keys.map((key, index) => ({ key, startMs: T0 + index, outcome: 'acknowledged', orderId: String(index) })),
    rate: 100,
    stolenCores: 0,
    loadProblems: [],
    readBacks: ['db1', 'db2', 'db3'].map((node) => ({
      node,
      orders: keys.map((key, index) => ({ key, orderId: String(index) })),
    })),
    readBackProblems: [],
    dbNodes: ['db1', 'db2', 'db3'],
    alerts: {
      firing: [
        {
          monitor: 'mon1',
          alertname: 'LoadBalancerLost',
          host: 'lb1',
          activeAtMs: T0 + 3_000,
          firstSeenMs: T0 + 8_000,
        },
      ],
      delivered: [
        { ...LOST, mailId: '1', status: 'firing', receivedAtMs: T0 + 9_000, subject: 'lost' },
        { ...LOST, mailId: '2', status: 'resolved', receivedAtMs: T0 + 28_000, subject: 'back' },
      ],
      problems: [],
    },
    timeline: [{ t: T0, kind: 'fault', text: 'lb1 crashes' }],
    ...changes,
  };
}
