import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SLOS } from '../../alerts/slo/slos.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { ROOT } from '../../kit/paths.ts';
import { renderFiles } from '../../project/render-files.ts';
import { makePlan } from '../../deploy/change/plan.ts';
import { buildAppImage, readAppImageId, readAppVersion, type AppImage } from '../../deploy/images/app-image.ts';
import { makeTopology, routeAddress, type RouteName } from '../../deploy/model/topology.ts';
import { readReleaseRecord } from '../../deploy/stack/release-record.ts';
import { listReleases } from '../../deploy/release/list-releases.ts';
import { release, releaseWorkTree, rollback, type ReleaseOptions } from '../../deploy/release/release.ts';

const topology = makeTopology();
const files = renderFiles(topology);
const hosts = openHosts();
const lines: string[] = [];
const options: ReleaseOptions = {
  ...{ topology, files, limits: { bakeMs: 1_500, readyMs: 10_000 } },
  burnAlerts: SLOS.flatMap(({ alerts }) => [alerts.fast, alerts.slow]),
  signal: new AbortController().signal,
  onProgress: (line) => lines.push(line),
};

interface Responses {
  readonly failed: readonly string[];
  readonly count: number;
  /** Versions of the application that responded. */
  readonly versions: ReadonlySet<string>;
}

/** Requests pages at a constant rate while `act` runs. */
async function withRequests<T>(
  { route, perSecond }: { readonly route: RouteName; readonly perSecond: number },
  act: () => Promise<T>,
): Promise<Responses & { readonly end: T }> {
  const { host, port } = routeAddress(topology, route);
  const failed: string[] = [];
  const versions = new Set<string>();
  const inFlight = new Set<Promise<void>>();
  let count = 0;
  const send = async (id: number): Promise<void> => {
    try {
      const response = await fetch(`http://${host}:${port}/products/${id}`);
      await response.arrayBuffer();
      versions.add(response.headers.get('x-app-version') ?? 'none');
      if (response.status !== 200) failed.push(String(response.status));
    } catch (error) {
      failed.push(String(error));
    }
  };
  const isOver = new AbortController();
  const sending = (async () => {
    while (!isOver.signal.aborted) {
      count += 1;
      const one = send(1 + (count % 500));
      inFlight.add(one);
      void one.finally(() => inFlight.delete(one));
      await sleep(1_000 / perSecond);
    }
    await Promise.all(inFlight);
  })();
  try {
    const end = await act();
    return { failed, count, versions, end };
  } finally {
    isOver.abort();
    await sending;
  }
}

/** Hosts that `plan` would change. */
async function differing(): Promise<readonly string[]> {
  return (await makePlan(topology, files)).filter(({ action }) => action !== 'nothing').map(({ host }) => host.name);
}

let good: AppImage;
let failing: AppImage;
let neverReady: AppImage;
/** The version of the work tree. */
let before: string;

beforeAll(async () => {
  const build = { signal: options.signal, onProgress: options.onProgress };
  good = await buildAppImage({ commit: 'HEAD', version: 'test-good' }, build);
  failing = await buildAppImage({ commit: 'HEAD', version: 'test-failing' }, { ...build, sabotage: 'fail-requests' });
  neverReady = await buildAppImage({ commit: 'HEAD', version: 'test-unready' }, { ...build, sabotage: 'never-ready' });
  before = await readAppVersion('holdfast/app:dev');
});

afterAll(async () => {
  if ((await readReleaseRecord()).current !== undefined || (await differing()).length > 0)
    await releaseWorkTree(options);
});

it('a release replaces both hosts without a failed request, and stays', async () => {
  const { failed, count, versions, end } = await withRequests({ route: 'http', perSecond: 40 }, () =>
    release(good, options),
  );
  expect({ result: end.result, failed }).toEqual({ result: 'done', failed: [] });
  expect(count).toBeGreaterThan(200);
  expect([...versions].toSorted()).toEqual([before, 'test-good'].toSorted());
  expect(await listReleases(topology, hosts)).toMatchObject({
    current: 'test-good',
    previous: before,
    hosts: { app1: 'test-good', app2: 'test-good' },
  });
  // `up` would keep it.
  expect(await differing()).toEqual([]);
});

it('a release that fails 2 % of its requests is returned', async () => {
  const limits = { ...options.limits, bakeMs: 10_000 };
  const { end, failed, versions } = await withRequests({ route: 'app-pool', perSecond: 150 }, () =>
    release(failing, { ...options, limits }),
  );
  expect(end.reason).toMatch(/% of requests failed, \d+ of \d+, above 1 %/);
  expect(end).toMatchObject({ result: 'returned', from: { version: 'test-good' } });
  // The report counts what clients saw.
  expect(end.counts.failures).toBe(failed.length);
  expect([...versions].toSorted()).toEqual(['test-failing', 'test-good']);
  expect(await listReleases(topology, hosts)).toMatchObject({
    current: 'test-good',
    hosts: { app1: 'test-good', app2: 'test-good' },
  });
});

/** Starts a release in another process, and kills that when the first host has the new image. */
async function killRelease(image: AppImage): Promise<void> {
  const imageId = await readAppImageId(image.tag);
  const script = `
    import { release } from './deploy/release/release.ts';
    import { makeTopology } from './deploy/model/topology.ts';
    import { renderFiles } from './project/render-files.ts';
    const topology = makeTopology();
    const limits = { bakeMs: 60_000, readyMs: 60_000 };
    const { signal } = new AbortController();
    const options = { topology, files: renderFiles(topology), limits, burnAlerts: [], signal, onProgress: () => undefined };
    await release(${JSON.stringify(image)}, options);`;
  const child = execa(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    ...{ cwd: ROOT, reject: false, all: true },
  });
  await waitFor(async () => (await hosts.state('app1'))?.imageId === imageId, {
    ...{ what: 'app1 with the new image', deadlineMs: 60_000, signal: options.signal },
  });
  child.kill('SIGKILL');
  const { signal, all } = await child;
  expect({ signal, all }).toEqual({ signal: 'SIGKILL', all: '' });
}

it('a release that never becomes ready is returned before a request reaches it, also if it was killed before', async () => {
  const { end, failed, versions } = await withRequests({ route: 'http', perSecond: 40 }, async () => {
    await killRelease(neverReady);
    expect((await listReleases(topology, hosts)).rollouts[0]).toMatchObject({
      version: 'test-unready',
      result: 'interrupted',
    });
    // `up` would return it.
    expect(await differing()).toEqual(['app1']);
    return await release(neverReady, options);
  });
  expect(end).toMatchObject({ result: 'returned', reason: 'app1 was not ready within 10 s' });
  expect(failed).toEqual([]);
  expect([...versions]).toEqual(['test-good']);
  expect(await differing()).toEqual([]);
});

it('a rollback returns to the work tree, which the hosts then follow', async () => {
  const end = await rollback(options);
  expect(end).toMatchObject({ result: 'done', to: { version: before } });
  const list = await listReleases(topology, hosts);
  expect(list).toMatchObject({ current: null, previous: 'test-good', hosts: { app1: before, app2: before } });
  expect(await differing()).toEqual([]);
});
