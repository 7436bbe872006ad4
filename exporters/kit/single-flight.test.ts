import { expect, it, vi } from 'vitest';
import { makeSharedLooks } from './single-flight.ts';

/** A look that lasts until it is ended by hand. */
function slowLook() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const look = vi.fn((signal: AbortSignal) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
    return promise;
  });
  return { look, resolve, reject };
}

const here = new AbortController().signal;

it('who asks for the same at the same time gets the same, and who asks later something newer', async () => {
  const share = makeSharedLooks<string>();
  const { look, resolve } = slowLook();
  const both = [share('a', here, look), share('a', here, look)];
  const other = share('b', here, () => Promise.resolve('other'));
  expect(await other).toBe('other');
  resolve('one');
  expect(await Promise.all(both)).toEqual(['one', 'one']);
  expect(look).toHaveBeenCalledOnce();
  expect(await share('a', here, () => Promise.resolve('two'))).toBe('two');
});

it('it is broken off when the last one has gone, and no sooner', async () => {
  const share = makeSharedLooks<string>();
  const { look } = slowLook();
  const [first, second] = [new AbortController(), new AbortController()];
  const both = [share('a', first.signal, look), share('a', second.signal, look)];
  const ends = Promise.allSettled(both);
  first.abort(new Error('gone'));
  const signal = look.mock.calls[0]?.[0];
  expect(signal?.aborted).toBe(false);
  second.abort(new Error('gone, too'));
  expect(signal?.aborted).toBe(true);
  // Nobody joins what was broken off, even before it has ended.
  expect(await share('a', here, () => Promise.resolve('new'))).toBe('new');
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

it('one that is broken off late does not take away the look that came after it', async () => {
  const share = makeSharedLooks<string>();
  const [old, next] = [Promise.withResolvers<string>(), slowLook()];
  const gone = new AbortController();
  const left = share('a', gone.signal, () => old.promise);
  gone.abort();
  const waits = share('a', here, next.look);
  old.resolve('late');
  expect(await left).toBe('late');
  const joins = share('a', here, next.look);
  next.resolve('new');
  expect(await Promise.all([waits, joins])).toEqual(['new', 'new']);
  expect(next.look).toHaveBeenCalledOnce();
});

it('one that fails fails for all who share it, and is forgotten', async () => {
  const share = makeSharedLooks<string>();
  const { look, reject } = slowLook();
  const both = Promise.allSettled([share('a', here, look), share('a', here, look)]);
  reject(new Error('broken'));
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await share('a', here, () => Promise.resolve('works'))).toBe('works');
});
