import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { expect, it, vi } from 'vitest';
import { openProgress } from './progress.ts';

/** A stream for the progress, and its written text. */
function makeStream(isTTY: boolean): { readonly stream: WriteStream; readonly text: () => string } {
  const written: string[] = [];
  const sink = new PassThrough();
  const stream = Object.assign(Object.create(WriteStream.prototype) as WriteStream, {
    isTTY,
    columns: 80,
    write: (chunk: string) => written.push(chunk) > 0,
    on: sink.on.bind(sink),
    clearLine: () => true,
    cursorTo: () => true,
    moveCursor: () => true,
  });
  return { stream, text: () => written.join('') };
}

it('writes plain lines if the stream is not a terminal', () => {
  const { stream, text } = makeStream(false);
  const progress = openProgress(stream);
  progress.report('one');
  progress.report('two');
  progress.stop();
  expect(text()).toBe('   0 s  one\n   0 s  two\n');
});

it('on a terminal a line keeps its start time', () => {
  vi.useFakeTimers();
  const { stream, text } = makeStream(true);
  const progress = openProgress(stream);
  progress.report('one');
  vi.advanceTimersByTime(9_000);
  progress.report('two');
  progress.stop();
  vi.useRealTimers();
  expect(text()).toContain('0 s  one');
  expect(text()).not.toContain('9 s  one');
  expect(text()).toContain('9 s  two');
});

it('adds no handler for Ctrl-C', () => {
  const before = process.listeners('SIGINT');
  const progress = openProgress(makeStream(true).stream);
  progress.report('one');
  expect(process.listeners('SIGINT')).toEqual(before);
  progress.stop();
});
