import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { INHIBITIONS } from '../deploy/tiers/monitor/inhibitions.ts';
import { renderMonitor } from '../deploy/tiers/monitor/render.ts';
import { hostsOf, makeTopology, PORTS } from '../deploy/model/topology.ts';
import { waitFor } from '../kit/deadline.ts';
import { makeAlerts } from './alerts.ts';
import { type AlertName, labelsOf } from './names.ts';
import { ruleLabels } from './render-rules.ts';
import { openMember } from './silences/member.ts';
import { openSilence } from './silences/open-silence.ts';
import { currentSilences, readSilences } from './silences/read-silences.ts';
import type { Subject } from './silences/subject.ts';

/** A separate Alertmanager with the configuration of the first monitor host: its notifications reach no receiver. */
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
  await waitFor(async () => (await fetch(`${url}/-/ready`)).ok, {
    what: 'Alertmanager to be ready',
    deadlineMs: 20_000,
  });
});

afterAll(async () => {
  await execa('docker', ['rm', '--force', container]);
  await rm(folder, { recursive: true, force: true });
});

type Labels = Readonly<Record<string, string>>;

/** Labels of an alert; `which` selects one of two values for each label that identifies its subject. */
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
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({ inhibitedBy: z.array(z.string()), silencedBy: z.array(z.string()) }),
  }),
);

/** Names of the current alerts: active ones, and those suppressed by an inhibition or a silence. */
async function read(): Promise<{ readonly active: readonly string[]; readonly suppressed: readonly string[] }> {
  const found = statesSchema.parse(await (await fetch(`${url}/api/v2/alerts`)).json());
  const names = (isSuppressed: boolean): readonly string[] =>
    found
      .filter(({ status }) => [...status.inhibitedBy, ...status.silencedBy].length > 0 === isSuppressed)
      .map(({ labels }) => labels['alertname'] ?? '')
      .toSorted();
  return { active: names(false), suppressed: names(true) };
}

type Outcome = Awaited<ReturnType<typeof read>>;

/** Posts these alerts, waits for the expected outcome, and resolves them. Returns the last outcome before the deadline. */
async function outcomeOf(labels: readonly Labels[], expected: Outcome): Promise<Outcome> {
  await post(labels, 60_000);
  let latest: Outcome = { active: [], suppressed: [] };
  // Alertmanager processes alerts with a delay, and applies inhibitions a moment later.
  await waitFor(
    async () => {
      latest = await read();
      return JSON.stringify(latest) === JSON.stringify(expected);
    },
    { what: 'the expected outcome', deadlineMs: 5_000, intervalMs: 50 },
  ).catch(() => undefined);
  await post(labels, -1_000);
  await waitFor(async () => (await read()).active.length + (await read()).suppressed.length === 0, {
    what: 'the alerts to be resolved',
    deadlineMs: 5_000,
    intervalMs: 50,
  });
  return latest;
}

const inhibitions = INHIBITIONS.flatMap(({ causes, symptoms, equal }) =>
  causes.flatMap((cause) => symptoms.map((symptom) => ({ cause, symptom, equal }))),
);

describe('a cause inhibits its symptom', () => {
  it.each(inhibitions)('$cause → $symptom', async ({ cause, symptom }) => {
    const expected = { active: [cause], suppressed: [symptom] };
    expect(await outcomeOf([labelled(cause), labelled(symptom)], expected)).toEqual(expected);
  });

  it.each(inhibitions.filter(({ equal }) => equal.length > 0))(
    '$cause does not inhibit $symptom of another subject',
    async ({ cause, symptom }) => {
      // The inhibited alert shows that the cause was processed.
      const expected = { active: [cause, symptom].toSorted(), suppressed: [symptom] };
      const fired = [labelled(cause), labelled(symptom), labelled(symptom, 'other')];
      expect(await outcomeOf(fired, expected)).toEqual(expected);
    },
  );

  it('and no other alert is inhibited when all fire', async () => {
    const symptoms = new Set(INHIBITIONS.flatMap(({ symptoms: suppressed }) => suppressed));
    const names = alerts.map(({ name }) => name).toSorted();
    const expected = { active: names.filter((name) => !symptoms.has(name)), suppressed: [...symptoms].toSorted() };
    expect(
      await outcomeOf(
        alerts.map(({ name }) => labelled(name)),
        expected,
      ),
    ).toEqual(expected);
  });
});

it.each<{ readonly subject: Subject; readonly active: readonly string[] }>([
  { subject: { kind: 'host', name: 'one' }, active: ['AvailabilityBudgetBurnsFast', 'CacheNoPrimary', 'Watchdog'] },
  { subject: { kind: 'domain', name: 'app' }, active: ['AvailabilityBudgetBurnsFast', 'CacheNoPrimary', 'Watchdog'] },
  {
    subject: { kind: 'domain', name: 'site' },
    active: ['AppHostLost', 'AvailabilityBudgetBurnsFast', 'CacheNoPrimary', 'Watchdog'],
  },
])(
  'a silence of the $subject.kind $subject.name suppresses its alerts, but not SLO alerts and the watchdog',
  async ({ subject, active }) => {
    const members = [openMember('mon1', url, new AbortController().signal)];
    // SLO alerts and the watchdog get the label of that host here.
    const of = { host: 'one' };
    const fired: readonly Labels[] = [
      ...['AppHostLost', 'CacheNoPrimary'].map((name) => labelled(name)),
      ...['AvailabilityBudgetBurnsFast', 'Watchdog'].map((name) => ({ ...labelled(name), ...of })),
    ];
    {
      await using _silence = await openSilence(members, { subject, forMs: 60_000, reason: 'a test' });
      const all = fired.map((labels) => labels['alertname'] ?? '').toSorted();
      const expected = { active, suppressed: all.filter((name) => !active.includes(name)) };
      expect(await outcomeOf(fired, expected)).toEqual(expected);
    }
    expect(currentSilences(await readSilences(members))).toEqual([]);
  },
);

describe('every alert is routed', () => {
  it.each(alerts)('$name', async ({ name }) => {
    const labels = Object.entries(labelled(name)).map(([label, value]) => `${label}=${value}`);
    const receiver = name === 'Watchdog' ? 'watchdog-mon1' : 'notifier';
    const test = ['config', 'routes', 'test', '--config.file=/etc/holdfast/alertmanager.yml'];
    const { stdout } = await execa('docker', ['exec', container, 'amtool', ...test, ...labels]);
    expect(stdout.trim()).toBe(receiver);
  });
});
