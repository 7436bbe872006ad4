import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MYSQL } from '../catalog/mysql.ts';
import { differencesFromUpstream, parseExposition } from '../compare-upstream.ts';
import { collect } from '../kit/collect.ts';
import { makeMysqlExporter } from './exporter.ts';
import type { MysqlSession } from './session.ts';

/** Samples of a MySQL 9.7.4 without a group, taken shortly after mysqld_exporter scraped it. */
const sample = (name: string): string => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8');

/** Rows of `SHOW … WHERE Variable_name IN (…) OR Variable_name LIKE …`. */
function show(name: string, sql: string): readonly Readonly<Record<string, unknown>>[] {
  const patterns = [...sql.matchAll(/'([^']+)'/g)].map(([, text = '']) =>
    text.replaceAll(/\\_|%|_/g, (one) => ({ '\\_': '_', '%': '.*' })[one] ?? '.'),
  );
  const wanted = new RegExp(`^(${patterns.join('|')})$`, 'i');
  return rows(name).flatMap(([variable = '', value = '']) =>
    wanted.test(variable) ? [{ Variable_name: variable, Value: value }] : [],
  );
}

function rows(name: string): readonly (readonly string[])[] {
  const lines = sample(name).trim().split('\n');
  return lines.map((line) => line.split('\t'));
}

function answer(sql: string): readonly Readonly<Record<string, unknown>>[] {
  if (sql.startsWith('SHOW GLOBAL STATUS')) return show('status.tsv', sql);
  if (sql.startsWith('SHOW GLOBAL VARIABLES')) return show('variables.tsv', sql);
  if (sql.includes('INNODB_METRICS')) return rows('innodb-metrics.tsv').map(([name, value]) => ({ name, value }));
  return [];
}

async function samplesFrom(query: (sql: string) => readonly Readonly<Record<string, unknown>>[]) {
  const session: MysqlSession = {
    query: (sql) => Promise.resolve(query(sql) as Awaited<ReturnType<MysqlSession['query']>>),
    [Symbol.dispose]: () => undefined,
  };
  const exporter = makeMysqlExporter(new Map(), () => Promise.resolve(session));
  const target = { address: '', port: 0, login: { user: '', password: '', authority: '' }, connectMs: 1 };
  const { signal } = new AbortController();
  const { samples, failures } = await collect(exporter, target, { deadlineMs: 1_000, maxSeries: 1_000, signal });
  expect(failures).toEqual({});
  return samples.filter(({ name }) => !name.includes('_scrape_'));
}

const OWN = [
  'mysql_group_replication_members',
  'mysql_group_replication_quorum_margin',
  // Its value is a word, which mysqld_exporter skips.
  'mysql_global_variables_group_replication_flow_control_mode',
];

it('exposes the same series as mysqld_exporter', async () => {
  // This is a length, not a loss: see STATUS_GROUPS.
  const upstream = sample('upstream-0.17.2.prom').replace(/^.*longest_seen.*\n/m, '');
  const samples = await samplesFrom(answer);
  expect(samples.length).toBeGreaterThan(250);
  const differences = differencesFromUpstream(parseExposition(upstream), samples, {
    own: OWN,
    metrics: MYSQL,
    isLater: true,
  });
  expect(differences).toEqual([]);
});

it('exposes statements of all kinds, also of kinds that a later release adds', async () => {
  const samples = await samplesFrom((sql) =>
    sql.startsWith('SHOW GLOBAL STATUS')
      ? [...answer(sql), { Variable_name: 'Com_travel_in_time', Value: '7' }]
      : answer(sql),
  );
  const commands = samples.filter(({ name }) => name === 'mysql_global_status_commands_total');
  expect(commands).toHaveLength(rows('status.tsv').filter(([name = '']) => name.startsWith('Com_')).length + 1);
  expect(commands).toContainEqual({
    name: 'mysql_global_status_commands_total',
    labels: { command: 'travel_in_time' },
    value: 7,
  });
});
