import type { Hosts } from '../../kit/hosts.ts';
import { hostsOf, type Topology } from '../model/topology.ts';
import { readReleaseRecord, resultOf, type Rollout } from '../stack/release-record.ts';

/** Releases of the application, for people and programs. */
export interface ReleaseList {
  /** Version that all hosts should run; `null`: they follow the work tree. */
  readonly current: string | null;
  /** Version that a rollback would return to. */
  readonly previous: string | null;
  /** Version that each host runs; `null`: it does not run. */
  readonly hosts: Readonly<Record<string, string | null>>;
  /** Newest first. */
  readonly rollouts: readonly ListedRollout[];
}

type Detail = 'endedAt' | 'reason' | 'requests' | 'failures';

type ListedRollout = Pick<Rollout, 'startedAt' | 'by' | 'action' | 'result'> & {
  readonly [Key in Detail]: Rollout[Key] | undefined;
} & { readonly version: string; readonly before: string };

/** Reads the record, and the versions of the running containers. */
export async function listReleases(topology: Topology, hosts: Hosts): Promise<ReleaseList> {
  const [record, states] = await Promise.all([readReleaseRecord(), hosts.list()]);
  const versions = hostsOf(topology, 'app').map(({ name }) => {
    const state = states.get(name);
    const version = state?.labels['org.opencontainers.image.revision'] ?? 'unknown';
    return [name, state?.running === true ? version : null] as const;
  });
  return {
    current: record.current?.version ?? null,
    previous: record.previous?.version ?? null,
    hosts: Object.fromEntries(versions),
    rollouts: record.history
      .map((rollout) => {
        const { startedAt, endedAt, by, action, reason, requests, failures, from, to } = rollout;
        const details = { endedAt, reason, requests, failures };
        return {
          startedAt,
          by,
          action,
          ...details,
          version: to.version,
          before: from.version,
          result: resultOf(rollout),
        };
      })
      .toReversed(),
  };
}

/** A table of rollouts, and the versions that hosts run. Pure. */
export function renderReleases({ current, previous, hosts, rollouts }: ReleaseList): string {
  const versions = [...new Set(Object.values(hosts))];
  const running = versions.map((version) => {
    const names = Object.keys(hosts).filter((name) => hosts[name] === version);
    return `${names.join(', ')}: ${version ?? 'not running'}`;
  });
  const head = [
    `Current release: ${current ?? 'none, hosts follow the work tree'}`,
    ...(previous === null ? [] : [`Before it: ${previous}`]),
    `Running: ${running.join('; ')}`,
  ];
  if (rollouts.length === 0) return head.join('\n');
  const rows = rollouts.map(({ startedAt, action, version, result, by, reason, requests, failures }) => [
    startedAt.slice(0, 19).replace('T', ' '),
    action,
    version,
    result,
    by,
    [reason, requests === undefined ? undefined : `${failures ?? 0} of ${requests} requests failed`]
      .filter((part) => part !== undefined)
      .join('; '),
  ]);
  const table = [['TIME (UTC)', 'ACTION', 'VERSION', 'RESULT', 'BY', 'DETAILS'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...head, '', ...lines].join('\n');
}
