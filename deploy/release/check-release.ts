import { z } from 'zod';
import { HoldfastError } from '../../kit/errors.ts';
import { openHosts, runOnHost } from '../../kit/hosts.ts';
import { hostsOf, type Topology } from '../model/topology.ts';
import { queryNode } from '../observe/db-connection.ts';
import { readDbGroup } from '../observe/db-group.ts';
import { renderHost } from '../stack/render-host.ts';
import { readReleaseRecord, type Release } from '../stack/release-record.ts';
import { SCHEMA } from '../tiers/db/accounts.ts';
import { checkSchema } from './check-schema.ts';
import { inspectRelease } from './inspect-release.ts';

interface CheckOptions {
  readonly topology: Topology;
  readonly from: Release;
  readonly to: Release;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/**
 * Checks that a release can run with the configuration of the hosts, and beside the release that they run. Each must read the sessions, cached objects
 * and hashes of the other, and use the same database. Returns the checksums of the migrations that the release adds. Throws `release-refused` with all
 * problems.
 */
export async function checkRelease(options: CheckOptions): Promise<readonly string[]> {
  const { topology, from, to, signal, onProgress } = options;
  // All hosts are returned to the release that the record has: it was checked when it was rolled out.
  if (from.tag === to.tag) return [];
  const config = configOf(topology);
  const running = await inspectRelease(from, { config, other: null }, signal);
  const target = await inspectRelease(to, { config, other: running.samples }, signal);
  const back = await inspectRelease(from, { config, other: target.samples }, signal);
  const [record, applied, served] = await Promise.all([
    readReleaseRecord(),
    readMigrations(topology),
    readServedFiles(topology),
  ]);
  const schema = checkSchema({
    ...{ applied, to: target.migrations, from: running.migrations },
    additive: record.additiveMigrations,
  });
  const formats = [
    ...target.problems.map(({ severity, summary }) => ({
      severity,
      text: `${to.version} ${summary} (${from.version})`,
    })),
    ...back.problems.map(({ severity, summary }) => ({ severity, text: `${from.version} ${summary} (${to.version})` })),
  ];
  for (const { severity, text } of formats) if (severity === 'warning') onProgress(`warning: ${text}`);
  const problems = [
    ...(target.configProblem === null
      ? []
      : [`${to.version} does not accept the configuration: ${target.configProblem}`]),
    ...schema.problems,
    ...checkAssets(target.assets, served).map((problem) => `${problem}, which pages of ${to.version} use`),
    ...formats.filter(({ severity }) => severity === 'error').map(({ text }) => text),
  ];
  if (problems.length === 0) return schema.pending;
  throw new HoldfastError(
    'release-refused',
    `${to.version} cannot run beside ${from.version}, so no host was changed:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    {
      fix: 'Split the change: first a release that reads and writes both the old and the new form, then one that uses only the new form.',
    },
  );
}

/** The web hosts that do not serve all of these static files, one text each. Pure. */
export function checkAssets(
  assets: readonly string[],
  served: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  return [...served].flatMap(([host, files]) => {
    const [missing, ...more] = assets.filter((asset) => !files.has(asset));
    if (missing === undefined) return [];
    return [`${host} does not serve ${missing}${more.length === 0 ? '' : ` and ${more.length} more files`}`];
  });
}

/** Where web hosts have the files that they serve below `/static/`. */
const STATIC_FOLDER = '/opt/holdfast/web/static';

/** URL paths of the static files of each running web host. A web host has those of its own image only. */
async function readServedFiles(topology: Topology): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const hosts = openHosts();
  const states = await hosts.list();
  const running = hostsOf(topology, 'web').filter(({ name }) => states.get(name)?.running === true);
  const lists = running.map(async ({ name }) => {
    const list = await runOnHost(hosts, name, ['find', STATIC_FOLDER, '-type', 'f', '-printf', '/static/%P\\n']);
    return [name, new Set(list.trim().split('\n'))] as const;
  });
  return new Map(await Promise.all(lists));
}

/** The configuration of the application. It differs between hosts in names and addresses only. */
function configOf(topology: Topology): string {
  const [host] = hostsOf(topology, 'app');
  const file = host === undefined ? undefined : renderHost(topology, host).find(({ path }) => path === 'app.json');
  if (file === undefined) throw new Error('the topology has no application host with an app.json');
  return file.text;
}

const rowsSchema = z.array(z.object({ version: z.int(), name: z.string(), checksum: z.string() }));

async function readMigrations(topology: Topology): Promise<z.infer<typeof rowsSchema>> {
  const { primary } = await readDbGroup(topology);
  const node = hostsOf(topology, 'db').find(({ name }) => name === primary);
  if (node === undefined) {
    throw new HoldfastError('stack-not-healthy', 'The database has no primary, so its migrations are unknown.', {
      fix: 'Check `./holdfast status`, and repeat the command when the database is healthy.',
    });
  }
  const sql = `SELECT version, name, checksum FROM ${SCHEMA}.applied_migrations ORDER BY version`;
  return rowsSchema.parse(await queryNode(node, { user: 'audit', sql }));
}
