import { join } from 'node:path';
import { PROJECT } from '../../kit/hosts.ts';
import { macAddressOf } from '../hostile/mac-address.ts';
import { ROOT } from '../../kit/paths.ts';
import type { LoadOptions, LoadTarget, Suite } from './load-run.ts';

/** Files of a run, in its directory. */
export const FILES = {
  log: 'records.ndjson',
  summary: 'summary.json',
  dashboard: 'dashboard.html',
  errors: 'k6.log',
  orders: 'orders.ndjson',
  authority: 'ca.pem',
  result: 'load.json',
} as const;

const IMAGE = `${PROJECT}/load:dev`;
const RESULTS = '/results';
const MEMORY = '1g';
/**
 * Memory limit of the Go runtime; the rest is for memory that its garbage collector does not count. Without this limit, k6 used 0.9 GB at 200
 * requests/s and was OOM-killed once while dashboard queries ran on the machine. With it, k6 used 0.7 GB during the same queries.
 */
const GO_MEMORY = '850MiB';
/** Hosts have 1024. A generator that waits for CPU measures itself; on a separate machine it would not compete with the stack. */
const CPU_SHARES = '4096';

export interface ContainerPlan {
  readonly name: string;
  readonly suite: Suite;
  readonly runId: string;
  readonly directory: string;
  /** CPUs of the machine. */
  readonly processors: number;
  readonly network: string;
  readonly address: string;
  /** Client addresses of its visitors, `first-last`: each virtual user has one of them. */
  readonly clients: string;
  readonly rate: number;
  readonly seconds: number;
  readonly targets: readonly LoadTarget[];
  /** `uid:gid` of an unprivileged user. */
  readonly user: string;
  /** Whether the directory contains the stack's private certificate authority. */
  readonly hasAuthority: boolean;
}

export function loadContainerName(runId: LoadOptions['runId']): string {
  return `${PROJECT}-load-${runId}`;
}

/**
 * Arguments of `docker` for a load: k6 as an unprivileged user on the front network, with only the results writable. The container's entry point adds
 * the client addresses as root, and then drops to that user permanently.
 */
export function renderDockerRun(plan: ContainerPlan): readonly string[] {
  const variables = {
    K6_NO_USAGE_REPORT: 'true',
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
    K6_WEB_DASHBOARD: 'true',
    // No server, only the page that is written at the end.
    K6_WEB_DASHBOARD_PORT: '-1',
    K6_WEB_DASHBOARD_PERIOD: '1s',
    K6_WEB_DASHBOARD_EXPORT: `${RESULTS}/${FILES.dashboard}`,
    // With the default, the garbage collector used a ninth of the generator's CPU time. Memory is available, up to the limit.
    GOGC: '400',
    GOMEMLIMIT: GO_MEMORY,
    // Half of the CPUs: with more, Go's threads spend their time waking each other.
    GOMAXPROCS: String(Math.max(1, Math.floor(plan.processors / 2))),
    HOME: '/tmp',
    ...(plan.hasAuthority ? { SSL_CERT_FILE: `${RESULTS}/${FILES.authority}` } : {}),
  };
  const settings = {
    RUN_ID: plan.runId,
    RATE: String(plan.rate),
    DURATION: String(plan.seconds),
    TARGETS: plan.targets
      .map(
        ({ name, url, fallbackUrl }) =>
          `${name}=${[url, ...(fallbackUrl === undefined ? [] : [fallbackUrl])].join('|')}`,
      )
      .join(','),
    RESULTS,
  };
  return [
    ...['run', '--rm', '--name', plan.name, '--label', 'org.holdfast=1'],
    ...['--network', plan.network, '--ip', plan.address, '--mac-address', macAddressOf(plan.address)],
    ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...['NET_ADMIN', 'SETUID', 'SETGID'].flatMap((capability) => ['--cap-add', capability]),
    ...['--read-only', '--tmpfs', '/tmp', '--memory', MEMORY, '--cpu-shares', CPU_SHARES],
    ...['--mount', `type=bind,src=${join(ROOT, 'k6')},dst=/holdfast/k6,readonly`],
    ...['--mount', `type=bind,src=${plan.directory},dst=${RESULTS}`],
    ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    IMAGE,
    ...[plan.user, plan.address, plan.clients, 'k6'],
    ...[
      'run',
      '--local-ips',
      plan.clients,
      '--quiet',
      '--no-color',
      '--log-format',
      'raw',
      '--console-output',
      `${RESULTS}/${FILES.log}`,
    ],
    ...Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    `/holdfast/k6/suites/${plan.suite}.ts`,
  ];
}
