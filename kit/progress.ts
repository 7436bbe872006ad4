import yoctoSpinner from 'yocto-spinner';

/** Tells what goes on, on standard error: a live line on a terminal, a plain line with the elapsed time elsewhere. */
export interface Progress {
  readonly report: (line: string) => void;
  /** Ends the live line. Idempotent. */
  readonly stop: () => void;
}

export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const startedAt = performance.now();
  const elapsed = (): string => `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s`;
  if (!stream.isTTY) return { report: (line) => stream.write(`${elapsed()}  ${line}\n`), stop: () => undefined };
  const spinner = yoctoSpinner({ stream });
  let current: string | undefined;
  return {
    report: (line) => {
      // What was done stays readable above the live line.
      if (current !== undefined) spinner.stop(`${elapsed()}  ${current}`);
      current = line;
      spinner.start(line);
    },
    stop: () => {
      if (current !== undefined) spinner.stop(`${elapsed()}  ${current}`);
      current = undefined;
    },
  };
}
