import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { addSilence } from './add-silence.ts';
import { fakeMembers } from './fake-members.ts';
import { openMember } from './member.ts';
import { openSilence } from './open-silence.ts';
import { parseDuration } from './parse-duration.ts';
import { currentSilences, readSilences } from './read-silences.ts';
import { removeSilences } from './remove-silences.ts';
import { matchersOf, parseSubject } from './subject.ts';

const topology = makeTopology();
const request = { subject: parseSubject(topology, 'app1'), forMs: 600_000, reason: 'a new release' };
const MINUTE = 60_000;

/** Minutes from now until a silence ends, rounded. */
function minutesLeft(endsAt: Date | string): number {
  return Math.round((new Date(endsAt).getTime() - Date.now()) / MINUTE);
}

describe('the subject of a silence', () => {
  it('is a host or a failure domain, and excludes SLO alerts, the watchdog and drills', () => {
    expect(matchersOf(parseSubject(topology, 'db1'))[0]).toMatchObject({ name: 'host', value: 'db1' });
    expect(matchersOf(parseSubject(topology, 'database'))).toEqual([
      { name: 'domain', value: 'database', isEqual: true, isRegex: false },
      { name: 'slo', value: '', isEqual: true, isRegex: false },
      { name: 'alertname', value: 'Watchdog', isEqual: false, isRegex: false },
      { name: 'drill', value: '', isEqual: true, isRegex: false },
    ]);
  });

  it.each(['ap1', 'app8', ''])('is not %j', (word) => {
    expect(() => parseSubject(topology, word)).toThrow(/There is no host or failure domain/);
  });
});

describe('the duration of a silence', () => {
  it.each([
    ['10s', 10_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['4h', 14_400_000],
  ])('accepts %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '10', 'm', '10 m', '9s', '0m', '4h1s', '1d', '-5m', '1e3s', '10m!'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(/--for/);
  });
});

describe('a silence', () => {
  it('is created once, on every member, also when requested repeatedly', async () => {
    const { members } = fakeMembers(['mon1', 'mon2']);
    const first = await addSilence(members, { ...request, by: 'anna' });
    const again = await addSilence(members, request);
    expect(again.id).toBe(first.id);
    const silences = currentSilences(await readSilences(members));
    expect(silences).toHaveLength(1);
    expect(silences[0]).toMatchObject({ comment: 'a new release' });
    expect(first.missingOn).toEqual([]);
  });

  it('is extended, never shortened', async () => {
    const { members } = fakeMembers(['mon1', 'mon2']);
    const { id } = await addSilence(members, request);
    const longer = await addSilence(members, { ...request, forMs: 30 * MINUTE });
    expect([longer.id, minutesLeft(longer.endsAt), longer.isUnchanged]).toEqual([id, 30, false]);
    const shorter = await addSilence(members, { ...request, forMs: 5 * MINUTE });
    expect([shorter.id, minutesLeft(shorter.endsAt), shorter.isUnchanged]).toEqual([id, 30, true]);
  });

  it('is separate for each subject, and does not change silences of other tools', async () => {
    const { members } = fakeMembers(['mon1']);
    await members[0]?.put({
      matchers: matchersOf(request.subject),
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + MINUTE).toISOString(),
      createdBy: 'a user of the web UI',
      comment: '',
    });
    await addSilence(members, request);
    await addSilence(members, { ...request, subject: parseSubject(topology, 'app2') });
    expect(currentSilences(await readSilences(members))).toHaveLength(3);
  });

  it('is created when one member is down, and the result names that member', async () => {
    const { members, down } = fakeMembers(['mon1', 'mon2']);
    down.add('mon1');
    expect((await addSilence(members, request)).missingOn).toEqual(['mon1']);
  });

  it('names a member that does not receive it', async () => {
    const { members, partitioned } = fakeMembers(['mon1', 'mon2']);
    partitioned.add('mon2');
    expect((await addSilence(members, request, 50)).missingOn).toEqual(['mon2']);
  });

  it('cannot be created when no member responds', async () => {
    const { members, down } = fakeMembers(['mon1', 'mon2']);
    for (const name of ['mon1', 'mon2']) down.add(name);
    await expect(addSilence(members, request)).rejects.toMatchObject({ code: 'stack-down' });
  });
});

describe('the removal of a silence', () => {
  it('applies to every member, and can be repeated', async () => {
    const { members } = fakeMembers(['mon1', 'mon2']);
    const { id } = await addSilence(members, request);
    expect(await removeSilences(members, [id])).toEqual([]);
    expect(await removeSilences(members, [id])).toEqual([]);
    expect(currentSilences(await readSilences(members))).toEqual([]);
  });

  it('happens when the work ends, also when the work fails', async () => {
    const { members } = fakeMembers(['mon1', 'mon2']);
    const work = async (): Promise<never> => {
      await using silence = await openSilence(members, request);
      expect(currentSilences(await readSilences(members)).map(({ id }) => id)).toEqual([silence.id]);
      await silence[Symbol.asyncDispose]();
      throw new Error('the work failed');
    };
    await expect(work()).rejects.toThrow('the work failed');
    expect(currentSilences(await readSilences(members))).toEqual([]);
  });
});

it('an error response is reported with the message of Alertmanager', async () => {
  await using server = createServer((_request, response) => {
    response.writeHead(400).end('"bad matcher format"');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const member = openMember('mon1', url, new AbortController().signal);
  await expect(member.list()).rejects.toThrow('Alertmanager on mon1: status 400: "bad matcher format"');
});
