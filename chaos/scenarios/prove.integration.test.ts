import type { StackContext } from '../../deploy/observe/observation.ts';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS, ROOT } from '../../kit/paths.ts';
import { hostCrash } from '../faults/host-crash.ts';
import type { Guarantee } from '../guarantees/guarantee.ts';
import { appCrash } from '../guarantees/spof.ts';
import { openJournal } from '../journal/journal.ts';
import type { GuaranteeOutcome } from '../runner/outcome.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { proveGuarantee } from './testing-guarantee.ts';

const topology = makeTopology();
const hosts = openHosts();
const world: StackContext = { topology, hosts };
const journal = openJournal(PATHS.journal);
const signal = new AbortController().signal;

const prove = (guarantee: Guarantee, within: StackContext = world): Promise<GuaranteeOutcome> =>
  proveGuarantee(guarantee, { world: within, topology, signal });

const PROVE = [process.execPath, 'cli.ts', 'prove', appCrash.id, '--no-up', '--rate', '50'] as const;

/** Starts `holdfast prove` as a separate process. */
function startProve() {
  const [program, ...args] = PROVE;
  return execa(program, args, { cwd: ROOT, reject: false });
}

/** Waits until the fault of a running `prove` is in place. */
function faultInPlace(): Promise<unknown> {
  return waitFor(
    async () => (await journal.read()).open.find(({ kind, state }) => kind === 'host-crash' && state === 'injected'),
    { what: 'the fault', deadlineMs: 120_000 },
  );
}

const journalEmpty = async (): Promise<boolean> => (await journal.read()).open.length === 0;

afterAll(async () => {
  for (const host of ['app1', 'app2', 'mail1']) {
    await hosts.unpause(host);
    await hosts.start(host);
  }
  await waitForSteady(world, { deadlineMs: 120_000, signal });
});

describe('sabotage', () => {
  it('is unknown when the fault does nothing', async () => {
    const outcome = await prove({
      ...appCrash,
      alerts: { ...appCrash.alerts, deliverWithinMs: 5_000 },
      choose: async (within) => {
        const chosen = await appCrash.choose(within);
        return { ...chosen, fault: { ...hostCrash('app2'), inject: () => Promise.resolve() } };
      },
    });
    expect(outcome.verdict, outcome.reasons.join('; ')).toBe('unknown');
    expect(outcome.reasons.join()).toContain('not proven to have taken effect');
  });

  it('is unknown when the mailbox is frozen', async () => {
    const outcome = await prove({
      ...appCrash,
      alerts: { ...appCrash.alerts, deliverWithinMs: 20_000 },
      choose: async (within) => {
        await hosts.pause('mail1');
        return appCrash.choose(within);
      },
    }).finally(() => hosts.unpause('mail1'));
    expect(outcome.verdict, outcome.reasons.join('; ')).toBe('unknown');
    expect(outcome.reasons.join()).toContain('mailbox');
  });

  it('is violated on a stack with one application host', async () => {
    await hosts.stop('app2');
    const alone: StackContext = { topology: makeTopology({ appHosts: 1 }), hosts };
    const outcome = await prove(appCrash, alone).finally(() => hosts.start('app2'));
    expect(outcome.verdict, outcome.reasons.join('; ')).toBe('violated');
    expect(outcome.budgets.find(({ id }) => id === 'failed-requests')).toMatchObject({ verdict: 'violated' });
  });
});

describe('a prove that ends early', () => {
  it('is healed by the healer when it is killed with a fault in place, and its load ends', async () => {
    await waitForSteady(world, { deadlineMs: 120_000, signal });
    const run = startProve();
    await faultInPlace();
    run.kill('SIGKILL');
    await run;
    await waitFor(journalEmpty, { what: 'an empty journal', deadlineMs: 60_000 });
    expect(await hosts.state('app2')).toMatchObject({ running: true, health: 'healthy' });
    const { stdout } = await execa('docker', ['ps', '--filter', 'name=holdfast-load', '--quiet']);
    expect(stdout).toBe('');
  });

  it('reverts its fault and exits with 130 when it is interrupted; a second one is refused meanwhile', async () => {
    await waitForSteady(world, { deadlineMs: 120_000, signal });
    const run = startProve();
    await faultInPlace();
    const second = await startProve();
    expect(second.exitCode).toBe(64);
    expect(second.stderr).toContain(`process ${run.pid ?? 0}`);
    run.kill('SIGINT');
    const { exitCode, stderr } = await run;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('every fault is reverted');
    expect(await journalEmpty()).toBe(true);
    expect(await hosts.state('app2')).toMatchObject({ running: true });
  });

  it('reverts its fault when Ctrl-C is typed on its terminal', async () => {
    await waitForSteady(world, { deadlineMs: 120_000, signal });
    // `script` provides a terminal, passes on the input, and exits with the exit code of its command.
    const run = execa('script', ['--quiet', '--return', '--command', PROVE.join(' '), '/dev/null'], {
      cwd: ROOT,
      reject: false,
    });
    await faultInPlace();
    run.stdin.write('\u0003');
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    expect(stdout).toContain('every fault is reverted');
    expect(await journalEmpty()).toBe(true);
  });

  it('reverts its fault when its output pipe is closed', async () => {
    await waitForSteady(world, { deadlineMs: 120_000, signal });
    const command = `${PROVE.join(' ')} 2>&1 | grep --quiet 'took effect'; exit \${PIPESTATUS[0]}`;
    const { exitCode } = await execa('bash', ['-c', command], { cwd: ROOT, reject: false });
    expect(exitCode).toBe(130);
    expect(await journalEmpty()).toBe(true);
    expect(await hosts.state('app2')).toMatchObject({ running: true });
  });
});
