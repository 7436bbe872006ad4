import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderAlertFiles } from '../alerts/generated.ts';
import { checkInImage } from '../deploy/images/check-in-image.ts';
import { renderMonitor } from '../deploy/tiers/monitor/render.ts';
import { DRILL, PRODUCTION } from '../deploy/model/profile.ts';
import { immediate } from '../deploy/model/rendered-file.ts';
import { hostsOf, makeTopology } from '../deploy/model/topology.ts';

const IMAGE = 'holdfast/monitor:dev';

describe.each([DRILL, PRODUCTION])('the monitors in the profile $name', (profile) => {
  const topology = makeTopology({ profile });
  const [monitor] = hostsOf(topology, 'monitor');
  const configuration = monitor === undefined ? [] : renderMonitor(topology, monitor);
  const rules = [...renderAlertFiles(topology)].map(([path, text]) => ({
    path: `rules/${basename(path)}`,
    text,
    onChange: immediate,
  }));
  /** Prometheus reads the rules from the folder where hosts mount them. */
  const files = [...configuration, ...rules];
  const link = 'ln -s /etc/holdfast/rules /etc/holdfast-alerts';

  it.each(['promtool check config /etc/holdfast/prometheus.yml', 'amtool check-config /etc/holdfast/alertmanager.yml'])(
    'are accepted by %s',
    async (command) => {
      expect(await checkInImage(IMAGE, files, { command: `${link} && ${command}` })).toMatchObject({ exitCode: 0 });
    },
  );

  it('evaluate SLO rules as their test cases expect', async () => {
    const command = 'promtool test rules /etc/holdfast/rules/slo.test.yaml';
    expect(await checkInImage(IMAGE, files, { command })).toMatchObject({ exitCode: 0 });
  });
});
