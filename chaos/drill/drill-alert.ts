import { makeAlerts } from '../../alerts/alerts.ts';
import { runbookOf } from '../../alerts/alert.ts';
import { expand } from '../../alerts/expand.ts';
import { type ALERTS, labelsOf } from '../../alerts/names.ts';
import { ruleLabels } from '../../alerts/render-rules.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { nearest } from '../../kit/nearest.ts';

/** An alert as posted to Alertmanager, without its times. */
export interface DrillAlert {
  /** Unique; the label `drill_id`, by which its mails are found. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface DrillOptions {
  readonly name: string;
  /** Value of the label `host`; undefined: the value of the alert's first test case. */
  readonly host: string | undefined;
  readonly id: string;
}

/** The alert as its rule generates it, marked as a drill. Throws `usage` for an alert or a host that does not exist. */
export function makeDrillAlert(topology: Topology, { name, host, id }: DrillOptions): DrillAlert {
  const mailed = makeAlerts(topology).filter(({ severity }) => severity !== 'none');
  const alert = mailed.find((one) => one.name === name);
  if (alert === undefined) {
    const known = mailed.map((one) => one.name);
    throw new HoldfastError('usage', `There is no alert ${name} that Alertmanager sends.`, {
      fix: `Known alerts: ${nearest(name, known).join(', ')}.`,
    });
  }
  const [sample] = alert.cases.flatMap((one) => one.expect.flatMap(({ alerts }) => alerts));
  const expected = { ...sample, labels: { ...sample?.labels, ...checkHost(topology, alert.name, host) } };
  return {
    id,
    labels: { alertname: name, ...ruleLabels(alert), ...expected.labels, drill: 'true', drill_id: id },
    annotations: {
      summary: `Drill: ${expand(alert.summary, expected)}`,
      description: `This is a drill: nothing is wrong. The real alert reads: ${expand(alert.description, expected)}`,
      runbook: runbookOf(name),
    },
  };
}

function checkHost(
  topology: Topology,
  name: keyof typeof ALERTS,
  host: string | undefined,
): { readonly host?: string } {
  if (host === undefined) return {};
  if (!labelsOf(name).includes('host')) {
    throw new HoldfastError('usage', `The alert ${name} has no label host.`, { fix: 'Leave --host out.' });
  }
  const known = topology.hosts.filter(({ enabled }) => enabled).map((one) => one.name);
  if (known.includes(host)) return { host };
  throw new HoldfastError('usage', `There is no host ${host}.`, {
    fix: `Known hosts: ${nearest(host, known).join(', ')}.`,
  });
}
