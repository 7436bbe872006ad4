import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { judgeLedger } from '../judge/ledger.ts';
import { startLoad } from '../load/start-load.ts';
import { defaultTargets } from '../load/targets.ts';
import { readOrders } from '../probes/read-orders.ts';
import { waitForSteady } from '../runner/steady-state.ts';

const topology = makeTopology();
const world = { topology, hosts: openHosts() };
const { signal } = new AbortController();

const SABOTAGE = 'echo HOLDFAST_SABOTAGE=ack-before-commit >/run/holdfast/app.env';
const REVERT_SABOTAGE = 'rm -f /run/holdfast/app.env';

/** Changes the environment of the application on every host and restarts it, one host after the other. */
async function restartApplications(change: string): Promise<void> {
  for (const { name } of hostsOf(topology, 'app')) {
    const { code, stderr } = await world.hosts.exec(name, ['sh', '-c', `${change} && s6-svc -r /etc/s6/app`]);
    expect(`${code} ${stderr}`).toBe('0 ');
    await waitForSteady(world, { deadlineMs: 120_000, signal });
  }
}

afterAll(() => restartApplications(REVERT_SABOTAGE), 300_000);

it('finds the writes of an application that acknowledges before it commits', async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal });
  await restartApplications(SABOTAGE);
  const runId = `sabotage-ledger-${Date.now().toString(36)}`;
  const directory = join(PATHS.runs, runId);
  await using load = await startLoad({
    ...{ suite: 'steady', runId, directory, rate: 60, durationSeconds: 10, signal },
    targets: defaultTargets('steady', topology),
  });
  const { orders, problems } = await load.done;
  const readBack = await readOrders(topology, runId);
  const judgement = judgeLedger(orders, readBack.readBacks, {
    budget: { lost: 0 },
    nodes: hostsOf(topology, 'db').map(({ name }) => name),
    problems: [...problems, ...readBack.problems],
  });
  expect(judgement.verdict).toBe('violated');
  expect(judgement.measured.lost.length).toBeGreaterThan(0);
});
