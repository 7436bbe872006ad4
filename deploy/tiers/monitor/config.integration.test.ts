import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../../model/topology.ts';
import { renderMonitor } from './render.ts';

const IMAGE = 'holdfast/monitor:dev';
const ALERTS_FOLDER = join(import.meta.dirname, '../../../alerts/generated');
const topology = makeTopology();
const folder = mkdtempSync(join(tmpdir(), 'holdfast-monitor-'));

/** Runs a command of the monitor image on the rendered files; rejects with its output. */
async function inMonitor(...command: readonly string[]): Promise<string> {
  const mounts = ['-v', `${folder}:/etc/holdfast:ro`, '-v', `${ALERTS_FOLDER}:/etc/holdfast-alerts:ro`];
  const { stdout, stderr } = await promisify(execFile)('docker', [
    ...['run', '--rm', '--network', 'none', ...mounts, IMAGE],
    ...command,
  ]);
  return stdout + stderr;
}

beforeAll(() => {
  const [host] = hostsOf(topology, 'monitor');
  if (host === undefined) throw new Error('the topology has no monitor host');
  for (const { path, text } of renderMonitor(topology, host)) writeFileSync(join(folder, path), text, { mode: 0o644 });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the configuration of a monitor host', () => {
  it('is accepted by Prometheus', async () => {
    expect(await inMonitor('promtool', 'check', 'config', '/etc/holdfast/prometheus.yml')).toContain('SUCCESS');
  });

  it('is accepted by Alertmanager', async () => {
    expect(await inMonitor('amtool', 'check-config', '/etc/holdfast/alertmanager.yml')).toContain('SUCCESS');
  });

  it.each([
    ['the mail', ['alertname=LoadBalancerLost', 'severity=critical', 'host=lb1', 'domain=lb'], 'notifier'],
    ['the mail', ['alertname=TargetDown', 'severity=warning', 'host=db1', 'job=x'], 'notifier'],
    ['the mail, for unknown alerts', ['alertname=SomethingElse'], 'notifier'],
    ['no receiver', ['alertname=SomethingElse', 'severity=none'], 'none'],
    ["the notifier's watchdog", ['alertname=Watchdog', 'severity=none'], 'watchdog-mon1'],
  ])('sends to %s: %j', async (_to, labels, receiver) => {
    const test = ['--config.file=/etc/holdfast/alertmanager.yml', `--verify.receivers=${receiver}`, ...labels];
    await inMonitor('amtool', 'config', 'routes', 'test', ...test);
  });
});

/** Rule files with test cases, except for `slo`, whose cases take minutes: project/rendered.integration.test.ts runs them for each profile. */
const RULE_FILES = readdirSync(ALERTS_FOLDER)
  .filter((name) => name.endsWith('.test.yaml') && name !== 'slo.test.yaml')
  .map((name) => name.replace('.test.yaml', ''));

describe.each(RULE_FILES)('the rules in %s.yaml', (file) => {
  it('are accepted by Prometheus', async () => {
    expect(await inMonitor('promtool', 'check', 'rules', `/etc/holdfast-alerts/${file}.yaml`)).toContain('SUCCESS');
  });

  it('pass their test cases', async () => {
    const tests = `/etc/holdfast-alerts/${file}.test.yaml`;
    expect(await inMonitor('promtool', 'test', 'rules', tests)).toContain('SUCCESS');
  });
});
