import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { ROOT } from '../../kit/paths.ts';
import { openMembers } from './member.ts';
import { readSilences } from './read-silences.ts';

const COMMAND = join(ROOT, 'holdfast');
const topology = makeTopology();
const hosts = openHosts();
const monitors = hostsOf(topology, 'monitor').map(({ name }) => name);
const members = openMembers(topology, new AbortController().signal);

async function controlAll(option: string): Promise<void> {
  await Promise.all(
    monitors.map(async (host) => {
      const { code, stderr } = await hosts.exec(host, ['s6-svc', ...option.split(' '), '/etc/s6/alertmanager']);
      if (code !== 0) throw new Error(`alertmanager on ${host}: ${stderr}`);
    }),
  );
}

/** IDs of active silences, by member; undefined while a member does not respond. */
async function activeIds(): Promise<readonly (readonly string[])[] | undefined> {
  const { reachable, unreachable } = await readSilences(members);
  if (unreachable.length > 0) return undefined;
  return reachable.map(({ silences }) =>
    silences.filter(({ status }) => status.state !== 'expired').map(({ id }) => id),
  );
}

/** Kills both at once, without a chance to write to disk, as a power cut would. */
async function killBoth(): Promise<readonly (readonly string[])[]> {
  await controlAll('-Ok');
  try {
    await waitFor(async () => (await Promise.allSettled(members.map((member) => member.list()))).every(isRejected), {
      ...{ what: 'both Alertmanagers to be down', deadlineMs: 10_000 },
    });
  } finally {
    await controlAll('-u');
  }
  return waitFor(activeIds, { what: 'both Alertmanagers to respond', deadlineMs: 60_000 });
}

function isRejected({ status }: { readonly status: string }): boolean {
  return status === 'rejected';
}

it('changes made by `silence` survive when both Alertmanagers are killed at once', async () => {
  const added = await execa(COMMAND, ['silence', 'add', 'trace1', '--for', '10m', '--reason', 'both are killed']);
  const [id = ''] = added.stdout.split(' ');
  try {
    expect(await killBoth()).toEqual(monitors.map(() => expect.arrayContaining([id]) as unknown));
  } finally {
    await execa(COMMAND, ['silence', 'remove', id]);
  }
  expect((await killBoth()).flat()).not.toContain(id);
});
