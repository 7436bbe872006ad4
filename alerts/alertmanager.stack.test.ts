import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { INHIBITIONS } from '../deploy/monitor/inhibitions.ts';
import { renderMonitor } from '../deploy/monitor/render.ts';
import { hostsOf, makeTopology, PORTS } from '../deploy/topology.ts';
import { waitFor } from '../kit/deadline.ts';
import { makeAlerts } from './alerts.ts';
import { type AlertName, labelsOf } from './names.ts';
import { ruleLabels } from './render-rules.ts';

/** An Alertmanager of its own with the configuration of the first monitor host: what it is told here reaches nobody. */
const IMAGE = 'holdfast/monitor:dev';
const topology = makeTopology();
const alerts = makeAlerts(topology);
let folder = '';
let container = '';
let url = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-alertmanager-'));
  const [host] = hostsOf(topology, 'monitor');
  if (host === undefined) throw new Error('the topology has no monitor host');
  for (const { path, text } of renderMonitor(topology, host)) await writeFile(join(folder, path), text);
  const command = `alertmanager --config.file=/etc/holdfast/alertmanager.yml --storage.path=/tmp/alertmanager --cluster.listen-address= --web.listen-address=0.0.0.0:${PORTS.alertmanager}`;
  const flags = [
    '--detach',
    '--rm',
    `--publish=127.0.0.1::${PORTS.alertmanager}`,
    `--volume=${folder}:/etc/holdfast:ro`,
  ];
  container = (await execa('docker', ['run', ...flags, '--entrypoint', 'sh', IMAGE, '-c', `exec ${command}`])).stdout;
  const { stdout } = await execa('docker', ['port', container, String(PORTS.alertmanager)]);
  url = `http://${stdout.trim()}`;
  await waitFor(async () => (await fetch(`${url}/-/ready`)).ok, { what: 'Alertmanager ready', deadlineMs: 20_000 });
});

afterAll(async () => {
  await execa('docker', ['rm', '--force', container]);
  await rm(folder, { recursive: true, force: true });
});

type Labels = Readonly<Record<string, string>>;

/** The labels that one alert of a name has, about the first or second of what it may be about. */
function labelled(name: string, which: 'one' | 'other' = 'one'): Labels {
  const alert = alerts.find((one) => one.name === name);
  if (alert === undefined) throw new Error(`no alert ${name}`);
  const about = labelsOf(name as AlertName).map((label) => [label, which] as const);
  return { alertname: name, ...ruleLabels(alert), ...Object.fromEntries(about) };
}

async function post(labels: readonly Labels[], endsInMs: number): Promise<void> {
  const endsAt = new Date(Date.now() + endsInMs).toISOString();
  const startsAt = new Date(Date.now() - 60_000).toISOString();
  const body = JSON.stringify(labels.map((one) => ({ labels: one, startsAt, endsAt })));
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/v2/alerts`, { method: 'POST', body, headers });
  expect(response.status).toBe(200);
}

const statesSchema = z.array(
  z.object({ labels: z.record(z.string(), z.string()), status: z.object({ inhibitedBy: z.array(z.string()) }) }),
);

/** The names of the alerts that are there, by whether something mutes them. */
async function read(): Promise<{ readonly told: readonly string[]; readonly muted: readonly string[] }> {
  const found = statesSchema.parse(await (await fetch(`${url}/api/v2/alerts`)).json());
  const names = (isMuted: boolean): readonly string[] =>
    found
      .filter(({ status }) => status.inhibitedBy.length > 0 === isMuted)
      .map(({ labels }) => labels['alertname'] ?? '')
      .toSorted();
  return { told: names(false), muted: names(true) };
}

/** Tells Alertmanager of these alerts, looks, and ends them. */
async function outcomeOf(labels: readonly Labels[]): Promise<Awaited<ReturnType<typeof read>>> {
  await post(labels, 60_000);
  // It takes alerts in at its own time.
  const seen = await waitFor(
    async () => {
      const now = await read();
      return now.told.length + now.muted.length === labels.length ? now : undefined;
    },
    { what: 'the alerts to be there', deadlineMs: 5_000, intervalMs: 50 },
  );
  await post(labels, -1_000);
  await waitFor(async () => (await read()).told.length + (await read()).muted.length === 0, {
    what: 'the alerts to be over',
    deadlineMs: 5_000,
    intervalMs: 50,
  });
  return seen;
}

const edges = INHIBITIONS.flatMap(({ causes, symptoms, equal }) =>
  causes.flatMap((cause) => symptoms.map((symptom) => ({ cause, symptom, equal }))),
);

describe('a cause mutes its symptom', () => {
  it.each(edges)('$cause → $symptom', async ({ cause, symptom }) => {
    expect(await outcomeOf([labelled(cause), labelled(symptom)])).toEqual({ told: [cause], muted: [symptom] });
  });

  it.each(edges.filter(({ equal }) => equal.length > 0))(
    '$cause does not mute $symptom of another one',
    async ({ cause, symptom }) => {
      const seen = await outcomeOf([labelled(cause), labelled(symptom, 'other')]);
      expect(seen).toEqual({ told: [cause, symptom].toSorted(), muted: [] });
    },
  );

  it('and nothing else is muted, whatever fires with it', async () => {
    const seen = await outcomeOf(alerts.map(({ name }) => labelled(name)));
    const symptoms = new Set(INHIBITIONS.flatMap(({ symptoms: muted }) => muted));
    expect(seen.muted).toEqual([...symptoms].toSorted());
  });
});

describe('every alert is routed', () => {
  it.each(alerts)('$name', async ({ name }) => {
    const labels = Object.entries(labelled(name)).map(([label, value]) => `${label}=${value}`);
    const receiver = name === 'Watchdog' ? 'watchdog-mon1' : 'notifier';
    const test = ['config', 'routes', 'test', '--config.file=/etc/holdfast/alertmanager.yml'];
    const { stdout } = await execa('docker', ['exec', container, 'amtool', ...test, ...labels]);
    expect(stdout.trim()).toBe(receiver);
  });
});
