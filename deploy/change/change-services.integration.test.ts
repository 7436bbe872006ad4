import { appendFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS, ROOT } from '../../kit/paths.ts';
import { renderFiles } from '../../project/render-files.ts';
import { haproxyCommand } from '../model/haproxy-command.ts';
import { addressOn, makeTopology, PORTS, routeAddress } from '../model/topology.ts';
import { fetchText } from '../observe/http.ts';
import { readSamples } from '../observe/metrics-text.ts';
import { readHostFiles, UNFINISHED, type HostFiles } from '../stack/host-files.ts';
import { makePlan, type PlannedHost } from './plan.ts';
import { rollItem } from './roll-item.ts';
import { roll } from './roll.ts';
import { servicesToChange } from './service-change.ts';
import { up } from './up.ts';

const topology = makeTopology();
const files = renderFiles(topology);
const context = { topology, hosts: openHosts() };
const { signal } = new AbortController();
const onProgress = (): void => undefined;

const differing = async (): Promise<readonly PlannedHost[]> =>
  (await makePlan(topology, files)).filter(({ action }) => action !== 'nothing');

const ANOTHER = '# another version\n';

/** Makes the file of a host differ from the topology, as if an earlier version had rendered it. */
const alter = (host: string, path: string): Promise<void> => appendFile(join(PATHS.hosts, host, path), ANOTHER);

async function run(host: string, argv: readonly string[]): Promise<string> {
  return (await context.hosts.exec(host, argv)).stdout;
}

/** The process ID of the HAProxy worker that answers. */
async function workerOf(host: string): Promise<string | undefined> {
  return /^Pid: (\d+)$/m.exec(await run(host, haproxyCommand('show info')))?.[1];
}

async function startTimes(names: readonly string[]): Promise<readonly (string | undefined)[]> {
  const states = await context.hosts.list();
  return names.map((name) => states.get(name)?.startedAt);
}

/** The plan of a host whose file has another text. */
async function withText(host: string, path: string, change: (text: string) => string): Promise<PlannedHost> {
  const planned = (await makePlan(topology, files)).find((one) => one.host.name === host);
  const file = planned?.files.find((one) => one.path === path);
  if (planned === undefined || file === undefined) throw new Error(`${host} has no ${path}`);
  const services = servicesToChange([file.onChange]) ?? [];
  return {
    ...planned,
    action: services.some(({ how }) => how === 'restart') ? 'restart' : 'reload',
    services,
    reasons: [`${path} changed`],
    files: planned.files.map((one) => (one.path === path ? { ...one, text: change(one.text) } : one)),
  };
}

interface Load extends AsyncDisposable {
  /** Statuses, or error codes. */
  readonly results: readonly (number | string)[];
}

/** Opens a new connection to the writer of the database. Returns `200` after the greeting of the server. */
function greetWriter(): Promise<number | string> {
  const socket = connect(routeAddress(topology, 'db-write'));
  return new Promise((resolve) => {
    socket.once('data', () => {
      resolve(200);
      socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    socket.once('close', () => {
      resolve('database connection closed');
    });
  });
}

/**
 * Sends one request every 20 ms until it is disposed: a page in a new or a reused connection, or a login, which reads from the database. Or it opens a new
 * connection to the writer of the database.
 */
function openLoad(): Load {
  const { host, port } = routeAddress(topology, 'http');
  const keepAlive = new Agent({ keepAlive: true });
  const results: (number | string)[] = [];
  const pending = new Set<Promise<void>>();
  let count = 0;
  const send = async (): Promise<void> => {
    count += 1;
    if (count % 3 === 0) {
      results.push(await greetWriter());
      return;
    }
    const isLogin = count % 5 === 0;
    const sent = request({
      ...{ host, port, agent: count % 2 === 0 ? keepAlive : false },
      ...(isLogin
        ? { method: 'POST', path: '/api/login', headers: { 'content-type': 'application/json' } }
        : { path: `/products/${1 + (count % 500)}?at=${count}` }),
    });
    sent.end(isLogin ? JSON.stringify({ email: `user${1 + (count % 50)}@shop.test`, password: 'holdfast' }) : '');
    await new Promise<void>((resolve) => {
      sent.once('error', (error: NodeJS.ErrnoException) => {
        results.push(error.code ?? error.message);
        resolve();
      });
      sent.once('response', (response) => {
        response.resume();
        response.once('close', () => {
          results.push(response.complete ? (response.statusCode ?? 0) : 'incomplete');
          resolve();
        });
      });
    });
  };
  const timer = setInterval(() => {
    const one = send();
    pending.add(one);
    void one.finally(() => pending.delete(one));
  }, 20);
  return {
    results,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.all(pending);
      keepAlive.destroy();
    },
  };
}

it('a changed configuration of HAProxy reloads the load balancers one after the other, and no request fails', async () => {
  const balancers = ['lb1', 'lb2'];
  expect(await differing()).toEqual([]);
  const [startedAt, workers] = [await startTimes(balancers), await Promise.all(balancers.map(workerOf))];
  for (const name of balancers) await alter(name, 'config/haproxy.cfg');
  expect((await differing()).map(({ host, action, reasons }) => [host.name, action, reasons])).toEqual(
    balancers.map((name) => [name, 'reload', ['haproxy.cfg changed']]),
  );
  const lines: string[] = [];
  const load = openLoad();
  {
    await using _load = load;
    await up({ topology, files, isAtOnce: false, signal, onProgress: (line) => lines.push(line) });
    // The connections of the old workers end within seconds.
    await sleep(topology.profile.check.intervalMs);
  }
  expect(lines.filter((line) => line.startsWith('reloading'))).toHaveLength(2);
  expect(await differing()).toEqual([]);
  expect(await startTimes(balancers)).toEqual(startedAt);
  const after = await Promise.all(balancers.map(workerOf));
  for (const [index, worker] of after.entries()) expect(worker).not.toBe(workers[index]);
  expect(load.results.length).toBeGreaterThan(50);
  expect(load.results.filter((result) => result !== 200)).toEqual([]);
});

async function stateOf(host: string): Promise<{ readonly files: HostFiles; readonly worker: string | undefined }> {
  return { files: await readHostFiles({ name: host }), worker: await workerOf(host) };
}

it('a configuration that HAProxy rejects changes nothing: the old one serves, and its files are in place', async () => {
  const planned = await withText('lb2', 'config/haproxy.cfg', (text) => `${text}    no-such-keyword\n`);
  const before = await stateOf('lb2');
  await expect(roll([rollItem(planned)], { context, signal, onProgress })).rejects.toMatchObject({
    code: 'roll-stopped',
    message: expect.stringMatching(
      /haproxy on lb2 rejects its new configuration: \[ALERT\].*no-such-keyword.*serves with its old files/s,
    ) as string,
  });
  expect(await stateOf('lb2')).toEqual(before);
  expect(await differing()).toEqual([]);
});

it('a configuration that only fails when Nginx loads it is taken back, and the old one serves', async () => {
  const [facts, path] = [`198.18.3.32:${PORTS.facts}`, 'config/nginx.conf'] as const;
  const planned = await withText('web2', path, (text) =>
    text.replace('    server {', `    server {\n        listen ${facts};`),
  );
  const before = await readHostFiles({ name: 'web2' });
  await expect(roll([rollItem(planned)], { context, signal, onProgress })).rejects.toThrow(
    /nginx on web2 did not reload: .*Address already in use.*web2 has its old files again/s,
  );
  expect(await readHostFiles({ name: 'web2' })).toEqual(before);
  expect(await differing()).toEqual([]);
  expect((await context.hosts.exec('web2', ['/usr/local/bin/healthy'])).code).toBe(0);
});

it('a changed rule file reloads Prometheus, which keeps running', async () => {
  const monitor = topology.hosts.find(({ name }) => name === 'mon1');
  if (monitor === undefined) throw new Error('there is no mon1');
  const read = async (name: string): Promise<number | undefined> => {
    const text = await fetchText(`http://${addressOn(monitor, 'ops')}:${PORTS.prometheus}/metrics`);
    return readSamples(text, name)[0]?.value;
  };
  const loaded = 'prometheus_config_last_reload_success_timestamp_seconds';
  const [startedAt, processStart, before] = [
    await startTimes(['mon1']),
    await read('process_start_time_seconds'),
    await read(loaded),
  ];
  await alter('mon1', 'alerts/rules.yaml');
  expect((await differing()).map(({ host, action }) => [host.name, action])).toEqual([['mon1', 'reload']]);
  await up({ topology, files, isAtOnce: false, signal, onProgress });
  expect(await differing()).toEqual([]);
  expect(await startTimes(['mon1'])).toEqual(startedAt);
  expect(await read('process_start_time_seconds')).toBe(processStart);
  expect(await read(loaded)).toBeGreaterThan(before ?? Infinity);
});

it('a service that cannot reload restarts alone, and gets its old files back if it does not start with the new ones', async () => {
  const service = '/etc/s6/role-agent';
  const pid = async (): Promise<string> => (await run('lb2', ['s6-svstat', '-o', 'pid', service])).trim();
  const path = 'config/role-agent.json';
  const [startedAt, first, worker] = [await startTimes(['lb2']), await pid(), await workerOf('lb2')];
  const before = await readHostFiles({ name: 'lb2' });
  const invalid = await withText('lb2', path, () => '{}\n');
  await expect(roll([rollItem(invalid)], { context, signal, onProgress })).rejects.toThrow(
    /role-agent on lb2 did not restart: it ends after each start.*lb2 has its old files again/s,
  );
  expect(await readHostFiles({ name: 'lb2' })).toEqual(before);
  const second = await pid();
  expect(second).not.toBe(first);
  await appendFile(join(PATHS.hosts, 'lb2', path), '\n');
  expect((await differing()).map(({ host, action }) => [host.name, action])).toEqual([['lb2', 'restart']]);
  await up({ topology, files, isAtOnce: false, signal, onProgress });
  expect(await differing()).toEqual([]);
  expect(await pid()).not.toBe(second);
  expect([await startTimes(['lb2']), await workerOf('lb2')]).toEqual([startedAt, worker]);
});

it('a reload that is killed is named by the plan, and completed by up', async () => {
  const holdfast = [join(ROOT, 'cli.ts'), 'up'];
  await alter('lb2', 'config/haproxy.cfg');
  const before = await workerOf('lb2');
  // The reload waits for this lock, so that the command is killed in the middle of it.
  const hold = 'echo $$ >/run/lock/holder; exec sleep 60';
  const held = context.hosts.exec('lb2', ['flock', '/run/lock/reload.haproxy', 'sh', '-c', hold], {
    timeoutMs: 90_000,
  });
  await waitFor(async () => (await run('lb2', ['cat', '/run/lock/holder'])) !== '', {
    ...{ what: 'the lock of the reload', deadlineMs: 10_000 },
  });
  const killed = execa(process.execPath, holdfast, { cwd: ROOT, reject: false });
  const isWritten = async (): Promise<boolean> => {
    const now = await readHostFiles({ name: 'lb2' });
    return now.has(UNFINISHED) && now.get('config/haproxy.cfg')?.includes(ANOTHER) === false;
  };
  await waitFor(isWritten, {
    ...{ what: 'the new files and the marker of an unfinished change', deadlineMs: 60_000, intervalMs: 20 },
  });
  killed.kill('SIGKILL');
  await killed;
  expect(await workerOf('lb2')).toBe(before);
  expect((await differing()).map(({ host, action, reasons }) => [host.name, action, reasons])).toEqual([
    ['lb2', 'reload', ['an interrupted change']],
  ]);
  await run('lb2', ['sh', '-c', 'kill "$(cat /run/lock/holder)"; rm /run/lock/holder']);
  await held;
  const { exitCode, stdout, stderr } = await execa(process.execPath, holdfast, { cwd: ROOT, reject: false });
  expect({ exitCode, output: exitCode === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ exitCode: 0, output: '' });
  expect(await differing()).toEqual([]);
  expect(await workerOf('lb2')).not.toBe(before);
});
