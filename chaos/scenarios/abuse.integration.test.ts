import type { StackContext } from '../../deploy/observe/observation.ts';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { LIMITS_SWITCH } from '../../deploy/tiers/haproxy/client-limits.ts';
import { servicesOf } from '../../deploy/model/host-services.ts';
import { haproxyCommand } from '../../deploy/model/haproxy-command.ts';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { openHosts } from '../../kit/hosts.ts';
import { ABUSE_GUARANTEES } from '../guarantees/abuse.ts';
import { readProcessEnds } from '../probes/process-ends.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { proveGuarantee } from './testing-guarantee.ts';

const topology = makeTopology();
const hosts = openHosts();
const world: StackContext = { topology, hosts };
const signal = new AbortController().signal;
const entries = (['edge', 'lb'] as const).flatMap((tier) => hostsOf(topology, tier)).map(({ name }) => name);

/** CI runs one of them; each takes a minute. */
const KINDS =
  process.env['HOLDFAST_EVERY_ATTACK'] === '1' ? ABUSE_GUARANTEES.map(({ id }) => id) : ['abuse/slow-bodies'];

/** Enables or disables the limits of every entry, until its HAProxy is restarted. */
async function setLimits(state: 'on' | 'off'): Promise<void> {
  const command = `experimental-mode on; set var ${LIMITS_SWITCH} expr str(${state})`;
  for (const name of entries) {
    const { stdout } = await hosts.exec(name, haproxyCommand(command));
    expect(stdout.trim()).toBe('');
  }
}

afterEach(() => setLimits('on'));
afterAll(() => waitForSteady(world, { deadlineMs: 120_000, signal }));

describe('without the limits of clients', () => {
  it.each(KINDS)('%s is violated: no request is refused, and no alert is mailed', async (id) => {
    const guarantee = ABUSE_GUARANTEES.find((one) => one.id === id);
    if (guarantee === undefined) throw new Error(`there is no ${id}`);
    await setLimits('off');
    const soon = { ...guarantee.alerts, deliverWithinMs: 15_000 };
    const outcome = await proveGuarantee({ ...guarantee, holdMs: 12_000, alerts: soon }, { world, topology, signal });
    expect(outcome.verdict).toBe('violated');
    const alert = outcome.budgets.find(({ id: budget }) => budget === 'alert-ClientLimitExceeded');
    expect(alert).toMatchObject({ verdict: 'violated' });
    // On a machine like this, HAProxy's buffers absorb the other kinds before they affect other clients.
    if (id !== 'abuse/http2-streams') return;
    const latency = outcome.budgets.find(({ id: budget }) => budget === 'latency-p99');
    expect(latency).toMatchObject({ verdict: 'violated' });
  });
});

it('exits are counted for every process of an edge, including the child of Varnish', async () => {
  const [edge] = hostsOf(topology, 'edge');
  const ends = await readProcessEnds(world, edge?.name ?? '');
  expect(Object.keys(ends)).toEqual(expect.arrayContaining([...servicesOf(topology, 'edge'), 'varnish-child']));
});
