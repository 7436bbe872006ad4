import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../../kit/durable-file.ts';

/** Mails and notifications that could not be sent, one file each, for inspection. */
export interface DeadLetters {
  /** Files here, plus those removed by the limits since it was opened. It only grows while the process runs, so an alert can fire on its growth. */
  readonly count: () => number;
  /** On disk (fsync) when it returns. */
  readonly add: (name: string, content: object) => void;
  /** Moves a file or folder here unchanged. */
  readonly move: (path: string, name: string) => void;
}

/** Limits of the folder; beyond them the oldest files are removed. Invalid input must not fill the disk that mails need. */
export interface DeadLetterLimits {
  readonly files: number;
  readonly bytes: number;
}

/** Opens the folder, keeps its files, and applies the limits. Names sort by time. */
export function openDeadLetters(folder: string, limits: DeadLetterLimits): DeadLetters {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sizes = new Map<string, number>();
  const measure = (name: string): void => {
    sizes.delete(name);
    sizes.set(name, statSync(join(folder, name)).size);
  };
  readdirSync(folder).toSorted().forEach(measure);
  /** The newest file stays, however large: it is the one to inspect. */
  const enforceLimits = (): void => {
    let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const [name, size] of [...sizes].slice(0, -1)) {
      if (sizes.size <= limits.files && bytes <= limits.bytes) return;
      rmSync(join(folder, name), { recursive: true, force: true });
      sizes.delete(name);
      bytes -= size;
    }
  };
  enforceLimits();
  let count = sizes.size;
  const onAdded = (name: string): void => {
    measure(name);
    count += 1;
    enforceLimits();
  };
  return {
    count: () => count,
    add: (name, content) => {
      writeDurably(join(folder, name), JSON.stringify(content));
      onAdded(name);
    },
    move: (path, name) => {
      renameSync(path, join(folder, name));
      syncFolder(folder);
      onAdded(name);
    },
  };
}
