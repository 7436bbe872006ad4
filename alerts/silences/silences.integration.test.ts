import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openMembers } from './member.ts';
import { openSilence } from './open-silence.ts';
import { currentSilences, readSilences } from './read-silences.ts';
import { parseSubject } from './subject.ts';

const topology = makeTopology();
const { signal } = new AbortController();
const members = openMembers(topology, signal);
const monitors = hostsOf(topology, 'monitor').map((host) => `http://${addressOn(host, 'ops')}:${PORTS.alertmanager}`);
const run = randomUUID();
const web = { severity: 'info', domain: 'web', run };
/** A silenced alert, an SLO alert, a drill, and an alert of another host. */
const SILENCED = { ...web, alertname: 'SilenceProbe', host: 'web2' };
const OBJECTIVE = { ...web, alertname: 'SilenceProbeOfObjective', host: 'web2', slo: 'site/availability' };
const DRILL = { ...web, alertname: 'SilenceProbeOfDrill', host: 'web2', drill: 'true', drill_id: run };
const OTHER = { ...web, alertname: 'SilenceProbeOfOther', host: 'web1' };

async function post(labels: readonly object[]): Promise<void> {
  const endsAt = new Date(Date.now() + 90_000).toISOString();
  const body = JSON.stringify(
    labels.map((one) => ({ labels: one, annotations: { summary: 'A test checks that silences work.' }, endsAt })),
  );
  const headers = { 'content-type': 'application/json' };
  // To every member, as Prometheus does: alerts are not gossiped.
  for (const url of monitors) {
    expect((await fetch(`${url}/api/v2/alerts`, { method: 'POST', body, headers })).status).toBe(200);
  }
}

const alertsSchema = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({ state: z.string(), silencedBy: z.array(z.string()) }),
  }),
);

/** States of this run's alerts on one member, by name. */
async function readStates(url: string): Promise<Readonly<Record<string, string>>> {
  const query = `filter=${encodeURIComponent(`run="${run}"`)}`;
  const found = alertsSchema.parse(await (await fetch(`${url}/api/v2/alerts?${query}`)).json());
  return Object.fromEntries(found.map(({ labels, status }) => [labels['alertname'] ?? '', status.state]));
}

const mailsSchema = z.array(z.object({ alerts: z.array(z.object({ alertname: z.string(), status: z.string() })) }));
const [mailHost] = hostsOf(topology, 'mail');

/** Names of alerts with a firing mail since then. */
async function readMailed(since: number): Promise<readonly string[]> {
  if (mailHost === undefined) throw new Error('the topology has no mailbox');
  const url = `http://${addressOn(mailHost, 'ops')}:${PORTS.mailbox}/api/messages?since=${since}`;
  const mails = mailsSchema.parse(await (await fetch(url)).json());
  return mails.flatMap(({ alerts }) =>
    alerts.filter(({ status }) => status === 'firing').map(({ alertname }) => alertname),
  );
}

it('a silenced alert is not mailed until the silence ends; others are', async () => {
  const since = Date.now();
  {
    const subject = parseSubject(topology, 'web2');
    await using silence = await openSilence(members, { subject, forMs: 120_000, reason: 'a test', by: 'a test' });
    await post([SILENCED, OBJECTIVE, DRILL]);
    for (const url of monitors) {
      const states = await waitFor(
        async () => {
          const now = await readStates(url);
          return Object.keys(now).length === 3 ? now : undefined;
        },
        { what: 'the alerts', deadlineMs: 10_000 },
      );
      expect(states).toEqual({
        ...{ SilenceProbe: 'suppressed', SilenceProbeOfObjective: 'active', SilenceProbeOfDrill: 'active' },
      });
    }
    for (const { silences } of (await readSilences(members)).reachable) {
      expect(silences.filter(({ id }) => id === silence.id)).toHaveLength(1);
    }
    // This alert is posted later and mailed, so without the silence the first one would have been mailed by then.
    await post([OTHER]);
    const mailed = await waitFor(
      async () => {
        const now = await readMailed(since);
        return now.includes(OTHER.alertname) && now.includes(OBJECTIVE.alertname) ? now : undefined;
      },
      { what: 'the mails of the SLO alert and of the other host', deadlineMs: 40_000 },
    );
    expect(mailed).not.toContain(SILENCED.alertname);
    await silence[Symbol.asyncDispose]();
  }
  expect(currentSilences(await readSilences(members)).filter(({ comment }) => comment === 'a test')).toEqual([]);
  await waitFor(async () => (await readMailed(since)).includes(SILENCED.alertname), {
    what: 'the mail after the silence',
    deadlineMs: 40_000,
  });
});
