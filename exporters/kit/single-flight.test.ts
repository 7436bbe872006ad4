import { expect, it, vi } from 'vitest';
import { makeSingleFlight } from './single-flight.ts';

/** Work that lasts until the test ends it or its signal aborts. */
function makeSlowWork() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = vi.fn((signal: AbortSignal) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
    return promise;
  });
  return { work, resolve, reject };
}

const connected = new AbortController().signal;

it('concurrent calls with the same key share one result, and a later call starts new work', async () => {
  const share = makeSingleFlight<string>();
  const { work, resolve } = makeSlowWork();
  const both = [share('a', connected, work), share('a', connected, work)];
  const other = share('b', connected, () => Promise.resolve('other'));
  expect(await other).toBe('other');
  resolve('one');
  expect(await Promise.all(both)).toEqual(['one', 'one']);
  expect(work).toHaveBeenCalledOnce();
  expect(await share('a', connected, () => Promise.resolve('two'))).toBe('two');
});

it('the work is aborted when the last caller has left, not before', async () => {
  const share = makeSingleFlight<string>();
  const { work } = makeSlowWork();
  const [first, second] = [new AbortController(), new AbortController()];
  const both = [share('a', first.signal, work), share('a', second.signal, work)];
  const ends = Promise.allSettled(both);
  first.abort(new Error('left'));
  const signal = work.mock.calls[0]?.[0];
  expect(signal?.aborted).toBe(false);
  second.abort(new Error('left, too'));
  expect(signal?.aborted).toBe(true);
  // A later call does not join aborted work, even before it has ended.
  expect(await share('a', connected, () => Promise.resolve('new'))).toBe('new');
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

it('aborted work that ends late does not remove the flight that was started after it', async () => {
  const share = makeSingleFlight<string>();
  const [old, next] = [Promise.withResolvers<string>(), makeSlowWork()];
  const firstCaller = new AbortController();
  const left = share('a', firstCaller.signal, () => old.promise);
  firstCaller.abort();
  const waits = share('a', connected, next.work);
  old.resolve('late');
  expect(await left).toBe('late');
  const joins = share('a', connected, next.work);
  next.resolve('new');
  expect(await Promise.all([waits, joins])).toEqual(['new', 'new']);
  expect(next.work).toHaveBeenCalledOnce();
});

it('a failure rejects all callers that share it, and the next call starts new work', async () => {
  const share = makeSingleFlight<string>();
  const { work, reject } = makeSlowWork();
  const both = Promise.allSettled([share('a', connected, work), share('a', connected, work)]);
  reject(new Error('broken'));
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await share('a', connected, () => Promise.resolve('works'))).toBe('works');
});
