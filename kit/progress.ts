import yoctoSpinner from 'yocto-spinner';

/** Reports progress on standard error: a live line on a terminal, else plain lines with the elapsed time. */
export interface Progress {
  readonly report: (line: string) => void;
  /** Ends the live line. Idempotent. */
  readonly stop: () => void;
}

export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const startedAt = performance.now();
  /** A line with the elapsed time. */
  const stamp = (line: string): string =>
    `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`;
  if (!stream.isTTY) return { report: (line) => stream.write(`${stamp(line)}\n`), stop: () => undefined };
  // The spinner's own signal handlers would exit the process before faults are reverted.
  const spinner = yoctoSpinner({ stream, handleSignals: false });
  let current: string | undefined;
  const settle = (): void => {
    // Finished steps stay visible above the live line.
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
