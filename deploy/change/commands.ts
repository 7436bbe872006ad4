import type { Command } from 'commander';
import { HoldfastError } from '../../kit/errors.ts';
import { nearest } from '../../kit/nearest.ts';
import { openHosts } from '../../kit/hosts.ts';
import { parseDuration } from '../../kit/parse-duration.ts';
import { openProgress } from '../../kit/progress.ts';
import { openStackLock } from '../../kit/stack-lock.ts';
import type { ChangeWatch } from '../model/change-watch.ts';
import type { RenderedFiles } from '../model/rendered-file.ts';
import { hostsOf, TIER_NAMES, type Host, type Tier, type Topology } from '../model/topology.ts';
import type { StackContext } from '../observe/observation.ts';
import { checkStackOwner } from '../stack/check-stack-owner.ts';
import { findInterrupted, readChanges, type Change, type Operation } from './change-journal.ts';
import { changeSchema, parseSchemaChange } from './change-schema.ts';
import { readDrains } from './drains.ts';
import { changeHosts, drainUntilUndrain, refuseLast, replanDrain, undrain, type DrainRollOptions } from './maintain.ts';
import { parseReason } from './parse-reason.ts';
import { renderChanges } from './render-changes.ts';
import { renderDrain } from './render-drain.ts';
import { abortChange, resumeChange } from './resume.ts';
import { runChange, type ChangeOptions } from './run-change.ts';

/** Planned duration of a drain. A host that is out of service for longer than a day is no planned work. */
const DRAIN_MS = { default: 3_600_000, leastMs: 10_000, mostMs: 86_400_000 } as const;

/** Dependencies of these commands. */
interface ChangeContext {
  readonly topology: Topology;
  readonly files: RenderedFiles;
  readonly signal: AbortSignal;
  readonly openChangeWatch: (what: string) => Promise<ChangeWatch>;
  readonly silenceDrains: (onProgress: (line: string) => void) => Promise<void>;
}

interface ChangeFlags {
  readonly reason?: string;
  readonly for?: string;
  readonly force?: boolean;
}

/** `drain`, `undrain`, `restart`, `replace`, `roll` and `maintenance`. */
export function registerChangeCommands(program: Command, context: ChangeContext): void {
  const { topology, signal } = context;
  const stack: StackContext = { topology, hosts: openHosts() };

  /** Runs a change with the lock, the journal and progress lines. */
  async function change(request: ChangeRequest, work: (options: DrainRollOptions) => Promise<void>): Promise<void> {
    await checkStackOwner();
    await using _lock = await openStackLock(request.what, 'change');
    const progress = openProgress();
    const options: ChangeOptions = {
      ...{ context: stack, signal, onProgress: progress.report },
      openWatch: () => context.openChangeWatch(request.what),
    };
    const silenceDrains = (): Promise<void> => context.silenceDrains(progress.report);
    try {
      await runChange(options, request, (roll) => work({ ...roll, silenceDrains }));
    } finally {
      progress.stop();
    }
  }

  async function changeSome({ how, hosts, what, flags }: SomeHosts): Promise<void> {
    const reason = parseReason(flags.reason) ?? what;
    const operation: Operation = { kind: how, hosts: hosts.map(({ name }) => name) };
    await change({ what, operation, reason }, (options) =>
      changeHosts(
        { ...options, ...(flags.force === true ? { isForced: true } : {}) },
        { hosts, reason, files: context.files, how },
      ),
    );
    console.log(`${what}: ${hosts.map(({ name }) => name).join(', ')} done.`);
  }

  program
    .command('drain')
    .description('take a host out of service until `undrain`: its requests end, new ones go to the others')
    .argument('<host>', 'host, such as web1')
    .option('--reason <text>', 'required: why, as `status` shows it')
    .option(
      '--for <time>',
      'planned duration from 10s to 24h, such as 30m; default 1h; repeat the command to extend it',
    )
    .option('--force', 'also drain the last host of its tier, one that a majority needs, or during an outage')
    .addHelpText(
      'after',
      '\nThe drain survives `up`, and restarts and reloads of the load balancers. An edge that restarts serves until the next\n`up`. The host stays out of service also if the others of its tier fail: return it with `undrain`. The alerts that a\ndrain causes are silent for the planned duration. Nothing returns the host then: HostDrainForgotten reports it.',
    )
    .action(async (name: string, flags: ChangeFlags) => {
      const host = findHost(topology, name);
      const drain = (await readDrains(topology)).get(name);
      const isReplan = drain?.kind === 'operator';
      const reason = parseReason(flags.reason) ?? (isReplan ? drain.reason : '');
      if (reason === '') {
        throw new HoldfastError('usage', 'A drain needs --reason.', {
          fix: `Such as: ./holdfast drain ${name} --reason "new disk"`,
        });
      }
      const what = `drain ${name}`;
      const forMs = flags.for === undefined ? DRAIN_MS.default : parseDuration(flags.for, DRAIN_MS);
      const plannedEnd = new Date(Date.now() + forMs).toISOString();
      const until = isReplan && flags.for === undefined ? (drain.until ?? plannedEnd) : plannedEnd;
      const operation = { kind: 'drain', host: name, until } as const;
      if (isReplan) {
        if (flags.for === undefined && reason === drain.reason) {
          console.log(
            `${renderDrain(drain)}\nTo plan another end or reason, repeat the command with --for or --reason.`,
          );
          return;
        }
        const replan: Operation = { ...operation, isReplan: true };
        await change({ what, operation: replan, reason }, (options) => replanDrain(options, drain, { reason, until }));
        console.log(`${name} stays drained until ${until}.`);
        return;
      }
      const isForced = flags.force === true;
      if (!isForced) await refuseLast(stack, host);
      await change({ what, operation, reason }, (options) =>
        drainUntilUndrain({ ...options, ...(isForced ? { isForced } : {}) }, host, { reason, until }),
      );
      console.log(`${name} is drained, planned until ${until}. Return it with: ./holdfast undrain ${name}`);
    });

  program
    .command('undrain')
    .description('return a drained host to service')
    .argument('<host>', 'host, such as web1')
    .action(async (name: string) => {
      const host = findHost(topology, name);
      if (!(await readDrains(topology)).has(name)) {
        console.log(`${name} is not drained.`);
        return;
      }
      const what = `undrain ${name}`;
      await change({ what, operation: { kind: 'undrain', host: name }, reason: what }, (options) =>
        undrain(options, host),
      );
      console.log(`${name} is in service again.`);
    });

  for (const [how, description] of [
    ['restart', 'drain a host, restart it and return it; only while the others of its tier serve'],
    ['replace', 'like restart, but create the container of the host again'],
  ] as const) {
    program
      .command(how)
      .description(description)
      .argument('<host>', 'host, such as web1')
      .option('--reason <text>', 'why, for the journal')
      .option('--force', 'also without redundancy or during an outage, which interrupts the service')
      .action(async (name: string, flags: ChangeFlags) => {
        await changeSome({ how, hosts: [findHost(topology, name)], what: `${how} ${name}`, flags });
      });
  }

  program
    .command('roll')
    .description('restart all hosts of a tier, one at a time')
    .argument('<tier>', `one of ${TIER_NAMES.join(', ')}`)
    .option('--replace', 'create the containers again')
    .option('--reason <text>', 'why, for the journal')
    .action(async (name: string, flags: ChangeFlags & { readonly replace?: boolean }) => {
      const tier = findTier(name);
      await changeSome({
        ...{ hosts: hostsOf(topology, tier), what: `roll ${tier}`, flags },
        how: flags.replace === true ? 'replace' : 'restart',
      });
    });

  program
    .command('schema')
    .description(
      'change a table of the running shop instantly; refuses a change that would copy the table, with its cost',
    )
    .argument('<statement>', 'one ALTER TABLE statement, without ALGORITHM and LOCK')
    .option('--reason <text>', 'why, for the journal')
    .action(async (statement: string, flags: ChangeFlags) => {
      const table = parseSchemaChange(statement);
      const what = `schema ${table}`;
      await change(
        { what, operation: { kind: 'schema', statement }, reason: parseReason(flags.reason) ?? statement },
        () => changeSchema(topology, statement),
      );
      console.log(`${table} is changed.`);
    });

  const maintenance = program
    .command('maintenance')
    .description('show finished changes of the stack, and complete or end interrupted ones')
    .exitOverride();

  maintenance
    .command('log')
    .description('list changes: who, what, when, how long, and what it cost')
    .option('-n, --lines <count>', 'number of changes from the end', '20')
    .option('--json', 'print the changes as JSON')
    .action(async ({ lines, json }: { readonly lines: string; readonly json?: boolean }) => {
      const count = Number(lines);
      if (!Number.isInteger(count) || count < 1) {
        throw new HoldfastError('usage', `--lines must be a whole number from 1, not ${lines}.`);
      }
      const changes = (await readChanges()).slice(-count);
      console.log(json === true ? JSON.stringify(changes, undefined, 2) : renderChanges(changes));
    });

  for (const [verb, description, act] of [
    ['resume', 'complete an interrupted change', resumeChange],
    [
      'abort',
      'end an interrupted change: finish the host in hand, return drained hosts, change no other host',
      abortChange,
    ],
  ] as const) {
    maintenance
      .command(verb)
      .description(description)
      .action(async () => {
        await checkStackOwner();
        await using _lock = await openStackLock(`maintenance ${verb}`, 'change');
        const left = await findInterrupted();
        if (left.length === 0) {
          console.log('No change is interrupted.');
          return;
        }
        const progress = openProgress();
        const options = {
          ...{ context: stack, signal, onProgress: progress.report, files: context.files },
          silenceDrains: () => context.silenceDrains(progress.report),
        };
        try {
          // A rollout refuses. It must not keep the other changes open.
          for (const one of left.toSorted((a, b) => Number(isRollout(a)) - Number(isRollout(b)))) {
            await act(one, { ...options, openWatch: () => context.openChangeWatch(one.what) });
          }
        } finally {
          progress.stop();
        }
        for (const { what, startedAt } of left) {
          console.log(`${what} of ${startedAt}: ${verb === 'resume' ? 'completed' : 'ended'}.`);
        }
      });
  }
}

interface SomeHosts {
  readonly how: 'restart' | 'replace';
  readonly hosts: readonly Host[];
  readonly what: string;
  readonly flags: ChangeFlags;
}

interface ChangeRequest {
  readonly what: string;
  readonly operation: Operation;
  readonly reason: string;
}

function isRollout({ operation }: Change): boolean {
  return operation.kind === 'release';
}

/** An enabled host. Throws `usage` with the known ones, nearest first. */
function findHost(topology: Topology, name: string): Host {
  const enabled = topology.hosts.filter((host) => host.enabled);
  const host = enabled.find((one) => one.name === name);
  if (host !== undefined) return host;
  throw new HoldfastError('usage', `There is no host ${name}.`, {
    fix: `Known hosts: ${nearest(
      name,
      enabled.map((one) => one.name),
    ).join(', ')}.`,
  });
}

function findTier(name: string): Tier {
  const tier = TIER_NAMES.find((one) => one === name);
  if (tier !== undefined) return tier;
  throw new HoldfastError('usage', `There is no tier ${name}.`, {
    fix: `Known tiers: ${nearest(name, TIER_NAMES).join(', ')}.`,
  });
}
