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

describe('what is silenced', () => {
  it('is a host or a failure domain, never an objective, the watchdog or a drill', () => {
    expect(matchersOf(parseSubject(topology, 'db1'))[0]).toMatchObject({ name: 'host', value: 'db1' });
    expect(matchersOf(parseSubject(topology, 'database'))).toEqual([
      { name: 'domain', value: 'database', isEqual: true, isRegex: false },
      { name: 'slo', value: '', isEqual: true, isRegex: false },
      { name: 'alertname', value: 'Watchdog', isEqual: false, isRegex: false },
      { name: 'drill', value: '', isEqual: true, isRegex: false },
    ]);
  });

  it.each(['ap1', 'app8', ''])('is nothing else: %j', (word) => {
    expect(() => parseSubject(topology, word)).toThrow(/There is no host or failure domain/);
  });
});

describe('how long', () => {
  it.each([
    ['10s', 10_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['4h', 14_400_000],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '10', 'm', '10 m', '9s', '0m', '4h1s', '1d', '-5m', '1e3s', '10m!'])('not %j', (text) => {
    expect(() => parseDuration(text)).toThrow(/--for/);
  });
});

describe('a silence', () => {
  it('is on every member, once, whoever asks again', async () => {
    const { members } = fakeMembers(['mon1', 'mon2']);
    const first = await addSilence(members, { ...request, by: 'anna' });
    const again = await addSilence(members, request);
    expect(again.id).toBe(first.id);
    const silences = currentSilences(await readSilences(members));
    expect(silences).toHaveLength(1);
    expect(silences[0]).toMatchObject({ comment: 'a new release' });
    expect(first.unaware).toEqual([]);
  });

  it('is made longer and never shorter', async () => {
    const { members } = fakeMembers(['mon1', 'mon2']);
    const { id } = await addSilence(members, request);
    const longer = await addSilence(members, { ...request, forMs: 30 * MINUTE });
    expect([longer.id, minutesLeft(longer.endsAt), longer.isUnchanged]).toEqual([id, 30, false]);
    const shorter = await addSilence(members, { ...request, forMs: 5 * MINUTE });
    expect([shorter.id, minutesLeft(shorter.endsAt), shorter.isUnchanged]).toEqual([id, 30, true]);
  });

  it("is another one where the subject is, and leaves others' silences alone", async () => {
    const { members } = fakeMembers(['mon1']);
    await members[0]?.put({
      matchers: matchersOf(request.subject),
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + MINUTE).toISOString(),
      createdBy: 'somebody on the page',
      comment: '',
    });
    await addSilence(members, request);
    await addSilence(members, { ...request, subject: parseSubject(topology, 'app2') });
    expect(currentSilences(await readSilences(members))).toHaveLength(3);
  });

  it('is made where one member is gone, and says so', async () => {
    const { members, dead } = fakeMembers(['mon1', 'mon2']);
    dead.add('mon1');
    expect((await addSilence(members, request)).unaware).toEqual(['mon1']);
  });

  it('says which member does not learn of it', async () => {
    const { members, cutOff } = fakeMembers(['mon1', 'mon2']);
    cutOff.add('mon2');
    expect((await addSilence(members, request, 50)).unaware).toEqual(['mon2']);
  });

  it('cannot be made where nobody answers', async () => {
    const { members, dead } = fakeMembers(['mon1', 'mon2']);
    for (const name of ['mon1', 'mon2']) dead.add(name);
    await expect(addSilence(members, request)).rejects.toMatchObject({ code: 'stack-down' });
  });
});

describe('the end of a silence', () => {
  it('comes on every member, and twice is no error', async () => {
    const { members } = fakeMembers(['mon1', 'mon2']);
    const { id } = await addSilence(members, request);
    expect(await removeSilences(members, [id])).toEqual([]);
    expect(await removeSilences(members, [id])).toEqual([]);
    expect(currentSilences(await readSilences(members))).toEqual([]);
  });

  it('comes with the work that it was made for, also when that fails', async () => {
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

it('an answer that is no success is told with what Alertmanager said', async () => {
  await using server = createServer((_request, response) => {
    response.writeHead(400).end('"bad matcher format"');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const member = openMember('mon1', url, new AbortController().signal);
  await expect(member.list()).rejects.toThrow('Alertmanager on mon1: status 400: "bad matcher format"');
});
