import type { StackContext } from '../../deploy/observe/observation.ts';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import type { AlertName } from '../../alerts/names.ts';
import { forgetDrain, recordDrain } from '../../deploy/change/drains.ts';
import { VARNISH_THREADS } from '../../deploy/model/edge-threads.ts';
import { addressOn, hostsOf, makeTopology, PORTS, type Host, type Tier } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { readServicePid } from '../faults/process-kill.ts';
import { toxiproxyLatency } from '../faults/toxiproxy-latency.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { mailedSince, stopService } from './testing.ts';

const topology = makeTopology();
const world: StackContext = { topology, hosts: openHosts() };
const signal = new AbortController().signal;
const hosts = (tier: Tier): [Host, Host] => hostsOf(topology, tier) as [Host, Host];
const [edge] = hosts('edge');
const [, lb] = hosts('lb');
const [web] = hosts('web');
const [database, otherDatabase] = hosts('db');
const [, cache] = hosts('cache');
const [, monitor] = hosts('monitor');
const [mail] = hosts('mail');
const [trace] = hosts('trace');

/** Runs a script on a host, with `args` from `$1` on. Returns its output. */
async function runOn({ name }: Host, script: string, args: readonly string[] = []): Promise<string> {
  const argv = ['sh', '-euc', script, 'sh', ...args];
  const { code, stdout, stderr } = await world.hosts.exec(name, argv, { timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`${script} on ${name}: ${stderr}`);
  return stdout.trim();
}

/** Runs a script in a host's namespaces with the privileges of the machine's operator, who may mount there. */
async function asOperator({ name }: Host, script: string): Promise<void> {
  const state = await world.hosts.state(name);
  const enter = ['nsenter', `--target=${state?.pid ?? 0}`, '--mount', '--pid', 'sh', '-euc', script];
  const container = ['--rm', '--privileged', '--pid=host', '--network=none', '--entrypoint=', 'holdfast/base:dev'];
  await promisify(execFile)('docker', ['run', ...container, ...enter]);
}

/** Runs a script on a host until it is disposed of, and for ten minutes at most. */
async function runInBackground(host: Host, script: string, args: readonly string[] = []): Promise<AsyncDisposable> {
  const pid = await runOn(host, 'setsid timeout 600 sh -uc "$@" >/dev/null 2>&1 & echo $!', [script, 'sh', ...args]);
  return { [Symbol.asyncDispose]: () => runOn(host, 'kill -TERM "$1" 2>/dev/null || :', [pid]).then(() => undefined) };
}

/** Sends eighty requests per second that are cache misses, until it is disposed of, and for ten minutes at most. */
function requestUncached(path: string): AsyncDisposable {
  const stop = new AbortController();
  const done = (async () => {
    const url = `http://${addressOn(edge, 'front')}:${PORTS.edge}${path}?not-cached=`;
    const pending: Promise<void>[] = [];
    for (let count = 0; count < 6_000 && !stop.signal.aborted; count += 1) {
      for (let each = 0; each < 8; each += 1) pending.push(request(url + randomUUID()));
      await sleep(100);
    }
    await Promise.all(pending);
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done;
    },
  };
}

/** Sends a request and ignores the result. */
async function request(url: string): Promise<void> {
  const response = await fetch(url).catch(() => undefined);
  await response?.arrayBuffer().catch(() => undefined);
}

async function pidOf({ name }: Host, service: string): Promise<string> {
  const pid = await readServicePid(world, { host: name, service });
  if (pid === undefined) throw new Error(`${service} does not run on ${name}`);
  return String(pid);
}

/** Pauses and resumes a process in turns, until this is disposed of. */
async function stutter(host: Host, service: string, turn: { readonly stopS: number; readonly runS: number }) {
  const pid = await pidOf(host, service);
  const script = `trap 'kill -CONT "$1"; exit' TERM
    while :; do kill -STOP "$1"; sleep ${turn.stopS}; kill -CONT "$1"; sleep ${turn.runS}; done`;
  return runInBackground(host, script, [pid]);
}

/** Appends lines to a file, as seen by the processes of a host, until this is disposed of. */
async function appendTo(host: Host, path: string, lines: string): Promise<AsyncDisposable> {
  await asOperator(host, `{ cat ${path}; echo '${lines}'; } >/run/instead; mount --bind /run/instead ${path}`);
  return { [Symbol.asyncDispose]: () => asOperator(host, `umount ${path}; rm /run/instead`) };
}

async function killService(host: Host, service: string): Promise<void> {
  await runOn(host, 'kill -KILL "$1"', [await pidOf(host, service)]);
}

/** The node that accepts writes. */
async function primary(): Promise<Host> {
  const nodes = hostsOf(topology, 'db');
  const readOnly = await Promise.all(nodes.map((node) => runOn(node, SQL, ['SELECT @@super_read_only'])));
  const found = nodes[readOnly.indexOf('0')];
  if (found === undefined) throw new Error('no node accepts writes');
  return found;
}
const SQL = 'exec mysql --no-defaults --socket=/run/mysqld/mysqld.sock -NBe "$1"';

/** Starts a dozen processes that only compute, with the lowest priority. */
async function computeOn(host: Host, where: string, undo: AsyncDisposableStack): Promise<void> {
  for (let count = 0; count < 12; count += 1) {
    undo.use(await runInBackground(host, `exec ${where} nice -n 19 sh -c "while :; do :; done"`));
  }
}

interface Provocation {
  readonly alerts: readonly AlertName[];
  readonly by: string;
  /** Adds the revert of its changes to `undo`. */
  readonly provoke: (undo: AsyncDisposableStack) => Promise<void>;
  /** Default: three minutes. */
  readonly deadlineMs?: number;
}

/**
 * Causes of alerts that no guarantee and no other test causes. Missing: `ClockSkewed`, because hosts on one machine share its clock, and
 * `SeriesDropped`, because no exporter can have that many series.
 */
const PROVOCATIONS: readonly Provocation[] = [
  {
    alerts: ['SentinelTilted'],
    by: 'a Sentinel that is paused for three seconds',
    async provoke(undo) {
      undo.use(await stutter(cache, 'sentinel', { stopS: 3, runS: 20 }));
    },
  },
  {
    alerts: ['CacheConnectionsNearLimit'],
    by: 'a cache with a connection limit just above its number of connections',
    async provoke(undo) {
      undo.defer(() => killService(cache, 'valkey'));
      undo.use(await appendTo(cache, '/etc/holdfast/valkey.conf', 'maxclients 11'));
      await killService(cache, 'valkey');
    },
  },
  {
    alerts: ['ServerFlapping'],
    by: 'an Nginx that stops and starts repeatedly',
    async provoke() {
      for (let count = 0; count < 6; count += 1) {
        {
          await using _stopped = await stopService(world, web.name, 'nginx');
          await sleep(3_000);
        }
        await sleep(6_000);
      }
    },
  },
  {
    alerts: ['HostDrainForgotten'],
    by: 'a drain whose planned end passes',
    async provoke(undo) {
      const [since, until] = [0, 10_000].map((ms) => new Date(Date.now() + ms).toISOString()) as [string, string];
      const drained = (await primary()).name === database.name ? otherDatabase.name : database.name;
      undo.defer(() => forgetDrain(topology, drained));
      await recordDrain(topology, { host: drained, by: 'a test', reason: 'forgotten', since, until, kind: 'operator' });
    },
  },
  {
    alerts: ['FileSystemReadOnly'],
    by: 'a volume that is remounted read-only',
    async provoke(undo) {
      undo.defer(() => asOperator(lb, 'mount -o remount,bind,rw /var/lib/holdfast'));
      await asOperator(lb, 'mount -o remount,bind,ro /var/lib/holdfast');
    },
  },
  {
    alerts: ['DiskFillingUp'],
    by: 'a file system that fills up by 14 of 16 MB at once',
    async provoke(undo) {
      undo.defer(() => runOn(trace, 'rm -f /run/filling').then(() => undefined));
      await runOn(trace, 'dd if=/dev/zero of=/run/filling bs=1M count=14 status=none');
    },
    deadlineMs: 300_000,
  },
  {
    alerts: ['CollectorFailing'],
    by: 'a host whose service disk-space is stopped',
    async provoke(undo) {
      undo.use(await stopService(world, mail.name, 'disk-space'));
    },
    deadlineMs: 300_000,
  },
  {
    alerts: ['ScrapeSlow', 'SamplesRejected'],
    by: 'a target with slow responses and samples from 1970',
    async provoke(undo) {
      undo.use(await stopService(world, lb.name, 'lb-state'));
      const answer = String.raw`HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\r\nlb_state_old 1 1000\n`;
      // Reads the whole request first: closing a socket with unread data resets the connection.
      const serve = `exec s6-setuidgid lb-state tcpserver -H -R -l0 "$1" "$2" sh -c 'cr=$(printf "\\r"); while read -r line && [ "$line" != "$cr" ]; do :; done; sleep 1.7; printf "${answer}"'`;
      undo.use(await runInBackground(lb, serve, [addressOn(lb, 'ops'), String(PORTS.lbState)]));
    },
    deadlineMs: 240_000,
  },
  {
    alerts: ['MonitorRulesDiffer'],
    by: 'a monitor with another set of rules',
    async provoke(undo) {
      const reload = (): Promise<string> => runOn(monitor, 's6-svc -h /etc/s6/prometheus');
      undo.defer(() => reload().then(() => undefined));
      undo.use(await appendTo(monitor, '/etc/holdfast-alerts/set.yaml', '  - name: rules-0123456789ab'));
      await reload();
    },
  },
  {
    alerts: ['RuleEvaluationsMissed', 'ScrapesLate'],
    by: 'a Prometheus that is paused most of the time',
    async provoke(undo) {
      undo.use(await stutter(monitor, 'prometheus', { stopS: 4.5, runS: 3 }));
    },
    deadlineMs: 400_000,
  },
  {
    alerts: ['EdgeThreadsExhausted'],
    by: 'a Varnish with a thread limit below the number of slow requests',
    async provoke(undo) {
      const most = 's6-setuidgid varnish varnishadm -n /var/lib/varnish/cache param.set thread_pool_max "$1"';
      undo.defer(() => runOn(edge, most, [String(VARNISH_THREADS)]).then(() => undefined));
      // After a burst, Varnish keeps its threads for minutes, even above a new limit.
      await killService(edge, 'varnish');
      await waitFor(() => runOn(edge, most, ['20']).then(() => true), { what: 'Varnish', deadlineMs: 30_000 });
      // Slow, but below the timeout of the health check: with an unhealthy origin, the edge would answer at once.
      const slow = toxiproxyLatency({ dependency: 'origin', hosts: [edge.name] }, 250);
      undo.use(await openFault(slow, { world, journal: openJournal(PATHS.journal), leaseMs: 240_000 }));
      undo.use(requestUncached('/products/1'));
    },
  },
  {
    alerts: ['EdgeHitRatioLow', 'EdgeCacheEvicting'],
    by: 'a client that requests every page with a unique URL, and a small cache',
    async provoke(undo) {
      undo.defer(() => killService(edge, 'varnish'));
      undo.use(await appendTo(edge, '/etc/holdfast/varnish.env', 'VARNISH_MEMORY_MIB=4'));
      await killService(edge, 'varnish');
      undo.use(requestUncached('/products/1'));
    },
    deadlineMs: 600_000,
  },
  {
    alerts: ['DatabaseLogWaits'],
    by: 'transactions that are larger than the log buffer',
    async provoke(undo) {
      const node = await primary();
      const local = 'SET SESSION sql_log_bin = 0;';
      const size = await runOn(node, SQL, ['SELECT @@innodb_log_buffer_size']);
      undo.defer(() => runOn(node, SQL, [`SET GLOBAL innodb_log_buffer_size = ${size}`]).then(() => undefined));
      undo.defer(() => runOn(node, SQL, [`${local} DROP DATABASE too_large`]).then(() => undefined));
      const table = 'CREATE TABLE too_large.rows_of_text (id INT PRIMARY KEY AUTO_INCREMENT, text LONGTEXT)';
      await runOn(node, SQL, [`${local} CREATE DATABASE too_large; ${table}`]);
      await runOn(node, SQL, ['SET GLOBAL innodb_log_buffer_size = 262144']);
      const row = `INSERT INTO too_large.rows_of_text (text) VALUES (REPEAT('x', 8000000))`;
      const transaction = `${local} START TRANSACTION; ${row}; ROLLBACK`;
      undo.use(await runInBackground(node, `while :; do (${SQL}) ; sleep 1; done`, [transaction]));
    },
    deadlineMs: 240_000,
  },
  {
    alerts: ['DiskSlow'],
    by: 'processes that write past the page cache',
    async provoke(undo) {
      const write =
        'while s6-setuidgid agent dd if=/dev/zero of=$1 bs=4M count=16 oflag=direct,dsync conv=notrunc; do :; done';
      for (const count of [1, 2, 3, 4]) {
        const file = `/var/lib/holdfast/slow-${count}`;
        undo.defer(() => runOn(lb, 's6-setuidgid agent rm -f "$1"', [file]).then(() => undefined));
        undo.use(await runInBackground(lb, write, [file]));
      }
    },
  },
  {
    alerts: ['HostCpuSaturated'],
    by: 'a dozen processes that only compute, on one of the processors',
    async provoke(undo) {
      await computeOn(trace, 'taskset --cpu-list 0', undo);
    },
    deadlineMs: 600_000,
  },
  {
    alerts: ['MachineCpuSaturated'],
    by: 'a dozen processes that only compute, on all processors',
    async provoke(undo) {
      await computeOn(trace, '', undo);
    },
    deadlineMs: 600_000,
  },
];

/** CI runs one of them; most take minutes. */
const CHOSEN = process.env['HOLDFAST_EVERY_ALERT'] === '1' ? PROVOCATIONS : PROVOCATIONS.slice(0, 1);

const steady = (): Promise<void> => waitForSteady(world, { deadlineMs: 420_000, signal });
afterAll(steady, 450_000);

it.each(CHOSEN)(
  '$alerts are mailed because of $by',
  async ({ alerts, provoke, deadlineMs = 180_000 }) => {
    await steady();
    const sinceMs = Date.now();
    await using undo = new AsyncDisposableStack();
    await provoke(undo);
    const missing = new Set<string>(alerts);
    await waitFor(
      async () => {
        for (const { alertname, status } of await mailedSince(sinceMs))
          if (status === 'firing') missing.delete(alertname);
        if (missing.size > 0) throw new Error(`not mailed: ${[...missing].join(', ')}`);
        return true;
      },
      { what: alerts.join(' and '), deadlineMs, intervalMs: 1_000 },
    );
    expect([...missing]).toEqual([]);
  },
  1_200_000,
);
