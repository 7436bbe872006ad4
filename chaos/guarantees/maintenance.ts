import { changeSchema } from '../../deploy/change/change-schema.ts';
import { drainForChange } from '../../deploy/change/drain.ts';
import { findHolders } from '../../deploy/observe/virtual-address.ts';
import { makePlan } from '../../deploy/change/plan.ts';
import { up } from '../../deploy/change/up.ts';
import { rollItem } from '../../deploy/change/roll-item.ts';
import { replacement, restarting, roll } from '../../deploy/change/roll.ts';
import { hostsOf, TIER_NAMES, type Host, type Tier } from '../../deploy/model/topology.ts';
import type { Observation } from '../../deploy/observe/observation.ts';
import { redundancyOf } from '../../deploy/observe/redundancy.ts';
import { renewLeaf } from '../../deploy/stack/make-secrets.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';
import { addConfigComment } from '../changes/add-config-comment.ts';
import { allAtOnce } from '../changes/all-at-once.ts';
import { changeBehindReader } from '../changes/change-behind-reader.ts';
import { hasColumn, observeColumn } from '../changes/observe-column.ts';
import { newestProcesses, observeNewProcesses } from '../changes/observe-restarts.ts';
import { proveRestarted, tierAtOnce } from '../changes/tier-at-once.ts';
import type { ChangeRun, ChosenChange, MaintenanceGuarantee, PrepareOptions } from './guarantee.ts';
import { maintenance, UNNOTICED, type Described } from './maintenance-claim.ts';
import { appBadRelease, appRoll } from './maintenance-releases.ts';
import { cacheFailover, dbSwitch } from './maintenance-switches.ts';

/** The hosts of a tier restart or are replaced, one at a time. */
interface TierRoll {
  readonly tier: Tier;
  readonly how: 'restart' | 'replace';
  readonly controls: ChosenChange['controls'];
}

function chooseRoll({ tier, how, controls }: TierRoll): MaintenanceGuarantee['chooseChange'] {
  return (world) => {
    const hosts = hostsOf(world.topology, tier);
    const names = hosts.map(({ name }) => name);
    return Promise.resolve({
      description: `${names.join(', ')} ${how === 'restart' ? 'restart' : 'are replaced'} one at a time`,
      targets: names,
      why: `they are all hosts of the tier ${tier}`,
      redundancy: redundancyOf(world.topology, tier),
      operation: { kind: how, hosts: names },
      perform: (run) => proveRestarted(run, hosts, () => rollHosts(run, hosts, how)),
      controls,
    });
  };
}

async function rollHosts(run: ChangeRun, hosts: readonly Host[], how: 'restart' | 'replace'): Promise<void> {
  const names = new Set(hosts.map(({ name }) => name));
  const items =
    how === 'restart'
      ? hosts.map((host) => restarting(host, 'a planned restart'))
      : (await makePlan(run.context.topology, run.files))
          .filter(({ host }) => names.has(host.name))
          .map((planned) => replacement(planned, ['a planned replacement']));
  await roll(items, run);
}

/** The configurations of services on hosts change by a comment, and `up` takes them over by a reload. */
async function reloadServices(
  run: ChangeRun,
  changes: Readonly<Record<string, readonly Host[]>>,
): Promise<Observation> {
  const { context } = run;
  const seen: Observation[] = [];
  for (const [file, hosts] of Object.entries(changes)) {
    const program = file === 'nginx.conf' ? 'nginx' : 'haproxy';
    const before = await newestProcesses(context, hosts, program);
    const names = new Set(hosts.map(({ name }) => name));
    // The comment makes the running files differ from the rendered ones; the plan brings them back, so that nothing is left.
    for (const host of hosts) await addConfigComment(host, file);
    const planned = (await makePlan(context.topology, run.files)).filter(({ host }) => names.has(host.name));
    const wrong = planned
      .filter(({ action }) => action !== 'reload')
      .map(({ host, action }) => `${host.name}: ${action}`);
    if (wrong.length > 0) throw new Error(`the plan is not a reload: ${wrong.join(', ')}`);
    await up({ ...run, topology: context.topology, isAtOnce: false, hooks: run });
    seen.push(observeNewProcesses(before, await newestProcesses(context, hosts, program), program));
  }
  return { seen: seen.every((one) => one.seen), text: seen.map(({ text }) => text).join('; ') };
}

/** A column that no program reads. It is added and dropped by metadata alone. */
const PROBE_COLUMN = 'holdfast_probe';

const schemaChange: MaintenanceGuarantee = {
  ...maintenance({
    id: 'maintenance/schema-change',
    claim:
      'A table gets and loses a column under load without a client noticing, and a change that copies the table is refused.',
    eventMs: 60_000,
    chooseChange: (world) =>
      Promise.resolve({
        description: 'the table orders gets a column and loses it',
        targets: hostsOf(world.topology, 'db').map(({ name }) => name),
        why: 'every order writes to this table',
        redundancy: redundancyOf(world.topology, 'db'),
        operation: { kind: 'schema', statement: `ALTER TABLE orders DROP COLUMN ${PROBE_COLUMN}` },
        perform: async ({ context: { topology } }) => {
          await changeSchema(topology, `ALTER TABLE orders ADD COLUMN ${PROBE_COLUMN} INT NULL`);
          const added = await observeColumn(world, { table: 'orders', column: PROBE_COLUMN });
          await changeSchema(topology, `ALTER TABLE orders DROP COLUMN ${PROBE_COLUMN}`);
          const refusal = await changeSchema(topology, 'ALTER TABLE orders ENGINE=InnoDB').then(
            () => 'the rebuild of the table was not refused',
            (error: unknown) => (error instanceof HoldfastError && error.code === 'refused' ? '' : messageOf(error)),
          );
          return { seen: added.seen && refusal === '', text: refusal || `${added.text}; a rebuild was refused` };
        },
        controls: [
          {
            name: 'without a limit for its wait, behind a transaction that has read the table for 6 s',
            perform: () => changeBehindReader(world.topology, { table: 'orders', column: PROBE_COLUMN, forMs: 6_000 }),
          },
        ],
      }),
    budgets: [...UNNOTICED, { kind: 'stall', of: 'writes', longestMs: 2_000 }],
  }),
  // A run that was killed leaves the column.
  prepare: dropProbeColumn,
  restore: dropProbeColumn,
};

async function dropProbeColumn({ topology }: PrepareOptions): Promise<void> {
  if (await hasColumn(topology, { table: 'orders', column: PROBE_COLUMN }))
    await changeSchema(topology, `ALTER TABLE orders DROP COLUMN ${PROBE_COLUMN}`);
}

const monitorRoll = maintenance({
  id: 'maintenance/monitor-roll',
  claim: 'Both monitors restart one at a time, and no alert is lost or mailed twice.',
  budgets: [{ kind: 'notifications', mostMissing: 0 }, ...UNNOTICED],
  eventMs: 240_000,
  chooseChange: async (world) => {
    const hosts = hostsOf(world.topology, 'monitor');
    const chosen = await chooseRoll({ tier: 'monitor', how: 'restart', controls: [tierAtOnce('monitor')] })(world);
    return {
      ...chosen,
      perform: (run) =>
        withNotifications(run, (observed) => proveRestarted(run, hosts, () => rollHosts(observed, hosts, 'restart'))),
      controls: [
        {
          name: 'both monitors at once',
          perform: (run) =>
            proveRestarted(run, hosts, async () => {
              await Promise.all([allAtOnce(run.context, hosts), run.checkNotification()]);
            }),
        },
      ],
    };
  },
});

/** Sends a probe alert whenever a host of the change stops. */
async function withNotifications(
  run: ChangeRun,
  change: (run: ChangeRun) => Promise<Observation>,
): Promise<Observation> {
  const sent: Promise<void>[] = [];
  const effect = await change({
    ...run,
    onStep: (host, step) => {
      run.onStep?.(host, step);
      if (step !== 'stop') return;
      const check = run.checkNotification();
      // An error of the change must not leave it unhandled.
      check.catch(() => undefined);
      sent.push(check);
    },
  });
  await Promise.all(sent);
  return effect;
}

const lbReload = maintenance({
  id: 'maintenance/lb-reload',
  claim: 'HAProxy on both load balancers takes over a new configuration without a client noticing.',
  eventMs: 60_000,
  chooseChange: ({ topology }) => {
    const hosts = hostsOf(topology, 'lb');
    return Promise.resolve({
      description: 'HAProxy reloads on each load balancer',
      targets: hosts.map(({ name }) => name),
      why: 'both load balancers have a new configuration',
      redundancy: redundancyOf(topology, 'lb'),
      operation: { kind: 'up', atOnce: false },
      perform: (run) => reloadServices(run, { 'haproxy.cfg': hosts }),
      controls: [tierAtOnce('lb')],
    });
  },
});

const lbHandover = maintenance({
  id: 'maintenance/lb-handover',
  claim: 'A load balancer hands over its virtual IPs, and its connections end in order.',
  eventMs: 90_000,
  chooseChange: async (world) => {
    const { address } = world.topology.virtualAddresses.front;
    const [name] = await findHolders(world, address);
    const host = hostsOf(world.topology, 'lb').find((one) => one.name === name);
    if (host === undefined) throw new HoldfastError('stack-not-healthy', `The virtual IP ${address} has no owner.`);
    return {
      description: `${host.name} is drained and returned`,
      targets: [host.name],
      why: `${host.name} holds ${address}`,
      redundancy: redundancyOf(world.topology, 'lb'),
      // If this process is killed, both `resume` and `abort` return the host.
      operation: { kind: 'undrain', host: host.name },
      perform: async (run) => {
        const { context, signal, onProgress, onStep } = run;
        const onWait = (line: string): void => {
          onProgress(`${host.name}: waiting: ${line}`);
        };
        {
          await using _drained = await drainForChange(context, host, {
            ...{ signal, onWait },
            onStep: (step) => onStep?.(host.name, step),
          });
          const holders = await findHolders(context, address);
          if (holders.includes(host.name)) return { seen: false, text: `${host.name} still holds ${address}` };
        }
        onStep?.(host.name, 'redundant');
        return {
          seen: true,
          text: `${address} moved from ${host.name} to ${(await findHolders(context, address)).join(', ')}`,
        };
      },
      controls: [
        {
          name: 'the holder crashes instead',
          perform: (run) => proveRestarted(run, [host], () => allAtOnce(run.context, [host])),
        },
      ],
    };
  },
});

const configChange = maintenance({
  id: 'maintenance/config-change',
  claim: 'New configurations of HAProxy and Nginx are applied host by host without a client noticing.',
  eventMs: 120_000,
  chooseChange: ({ topology }) => {
    const [lbs, webs] = [hostsOf(topology, 'lb'), hostsOf(topology, 'web')];
    return Promise.resolve({
      description: 'HAProxy and Nginx get new configurations',
      targets: [...lbs, ...webs].map(({ name }) => name),
      why: 'load balancers and web hosts have new configurations',
      redundancy: [...redundancyOf(topology, 'lb'), ...redundancyOf(topology, 'web')],
      operation: { kind: 'up', atOnce: false },
      perform: (run) => reloadServices(run, { 'nginx.conf': webs, 'haproxy.cfg': lbs }),
      controls: [tierAtOnce('web')],
    });
  },
});

/** Tiers with certificates of their own. */
const CERTIFIED = ['mail', 'db', 'lb'] as const;

const certificateRenewal = maintenance({
  id: 'maintenance/certificate-renewal',
  movesPrimary: true,
  claim: 'Certificates are renewed, and every server takes its new one, without a client noticing.',
  // The primary of the database hands over once, or twice if it returns before the last node.
  budgets: [
    ...UNNOTICED.filter(({ kind }) => kind !== 'latency-ratio'),
    { kind: 'stall', of: 'writes', longestMs: 2_000 },
  ],
  eventMs: 420_000,
  chooseChange: ({ topology }) => {
    const hosts = CERTIFIED.flatMap((tier) => hostsOf(topology, tier));
    return Promise.resolve({
      description: 'new certificates for load balancers, databases and the mail host',
      targets: hosts.map(({ name }) => name),
      why: 'they are all servers with certificates of the stack',
      redundancy: CERTIFIED.flatMap((tier) => redundancyOf(topology, tier)),
      operation: { kind: 'up', atOnce: false },
      perform: (run) =>
        proveRestarted(run, hosts, async () => {
          for (const tier of CERTIFIED) await renewLeaf(topology, tier, PATHS.secrets);
          const names = new Set(hosts.map(({ name }) => name));
          const planned = (await makePlan(topology, run.files)).filter(({ host }) => names.has(host.name));
          const old = planned.filter(({ action }) => action !== 'replace').map(({ host }) => host.name);
          if (old.length > 0) throw new HoldfastError('config-drift', `The plan renews nothing on ${old.join(', ')}.`);
          await roll(planned.map(rollItem), run);
        }),
      controls: [tierAtOnce('lb')],
    });
  },
});

const wholeStackRoll = maintenance({
  id: 'maintenance/whole-stack-roll',
  movesPrimary: true,
  claim: 'Every host is replaced once, one after the other, without a client noticing.',
  budgets: [
    ...UNNOTICED.filter(({ kind }) => kind !== 'latency-ratio'),
    { kind: 'stall', of: 'writes', longestMs: 2_000 },
  ],
  eventMs: 900_000,
  chooseChange: ({ topology }) => {
    const hosts = topology.hosts.filter(({ enabled }) => enabled);
    return Promise.resolve({
      description: `all ${hosts.length} hosts are replaced`,
      targets: hosts.map(({ name }) => name),
      why: 'they are all hosts of the stack',
      redundancy: TIER_NAMES.flatMap((tier) => redundancyOf(topology, tier)),
      operation: { kind: 'replace', hosts: hosts.map(({ name }) => name) },
      perform: (run) => proveRestarted(run, hosts, () => rollHosts(run, hosts, 'replace')),
      controls: [tierAtOnce('app')],
    });
  },
});

const tierRoll = (
  id: string,
  claim: string,
  { eventMs, budgets, ...roll }: TierRoll & Partial<Described>,
): MaintenanceGuarantee =>
  maintenance({
    ...{ id, claim, eventMs: eventMs ?? 180_000, chooseChange: chooseRoll(roll), movesPrimary: roll.tier === 'db' },
    ...(budgets === undefined ? {} : { budgets }),
  });

/** The guarantees about planned changes, in the order in which `prove maintenance` checks them. */
export const MAINTENANCE_GUARANTEES: readonly MaintenanceGuarantee[] = [
  lbReload,
  lbHandover,
  tierRoll('maintenance/lb-replace', 'Both load balancers are replaced one at a time without a client noticing.', {
    ...{ tier: 'lb', how: 'replace', controls: [tierAtOnce('lb')], eventMs: 300_000 },
  }),
  tierRoll('maintenance/web-roll', 'All web hosts restart one at a time without a client noticing.', {
    ...{ tier: 'web', how: 'restart', controls: [tierAtOnce('web')] },
  }),
  tierRoll('maintenance/edge-roll', 'All edges restart one at a time without a client noticing.', {
    ...{ tier: 'edge', how: 'restart', controls: [tierAtOnce('edge')] },
  }),
  tierRoll('maintenance/db-roll', 'All database nodes restart one at a time, the primary last.', {
    ...{ tier: 'db', how: 'restart', controls: [tierAtOnce('db')], eventMs: 300_000 },
    budgets: [...UNNOTICED, { kind: 'stall', of: 'writes', longestMs: 2_000 }],
  }),
  dbSwitch,
  cacheFailover,
  schemaChange,
  appRoll,
  appBadRelease,
  monitorRoll,
  configChange,
  certificateRenewal,
  wholeStackRoll,
];
