import yoctoSpinner from 'yocto-spinner';

/** Tells what goes on, on standard error: a live line on a terminal, a plain line with the elapsed time elsewhere. */
export interface Progress {
  readonly report: (line: string) => void;
  /** Ends the live line. Idempotent. */
  readonly stop: () => void;
}

export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const startedAt = performance.now();
  /** A line with the time at which it became true. */
  const stamp = (line: string): string =>
    `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`;
  if (!stream.isTTY) return { report: (line) => stream.write(`${stamp(line)}\n`), stop: () => undefined };
  // The spinner's own handlers of signals would end the process before anything is undone.
  const spinner = yoctoSpinner({ stream, handleSignals: false });
  let current: string | undefined;
  const settle = (): void => {
    // What was done stays readable above the live line.
    if (current !== undefined) spinner.stop(current);
    current = undefined;
  };
  return {
    report: (line) => {
      settle();
      current = stamp(line);
      spinner.start(current);
    },
    stop: settle,
  };
}
