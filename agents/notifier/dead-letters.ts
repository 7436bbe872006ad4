import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../../kit/durable-file.ts';

/** What could not be mailed, one file each, for a person to look at. */
export interface DeadLetters {
  /** What lies here, and what was laid here since it was opened and had to go: it falls in no life, so that its growth can be an alert. */
  readonly count: () => number;
  /** On disk (fsync) when it returns. */
  readonly lay: (name: string, content: object) => void;
  /** Moves a file, or whatever it is, here as it is. */
  readonly move: (path: string, name: string) => void;
}

/** What may lie here; beyond that the oldest goes. A sender of nonsense must not fill the disk that mails need. */
export interface DeadLimits {
  readonly files: number;
  readonly bytes: number;
}

/** Opens the folder; what an earlier life laid there is there, and shortened to the limits. Names sort by time. */
export function openDeadLetters(folder: string, limits: DeadLimits): DeadLetters {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sizes = new Map<string, number>();
  const measure = (name: string): void => {
    sizes.delete(name);
    sizes.set(name, statSync(join(folder, name)).size);
  };
  readdirSync(folder).toSorted().forEach(measure);
  /** The last one stays however big it is: it is what a person looks for. */
  const shorten = (): void => {
    let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const [name, size] of [...sizes].slice(0, -1)) {
      if (sizes.size <= limits.files && bytes <= limits.bytes) return;
      rmSync(join(folder, name), { recursive: true, force: true });
      sizes.delete(name);
      bytes -= size;
    }
  };
  shorten();
  let count = sizes.size;
  const added = (name: string): void => {
    measure(name);
    count += 1;
    shorten();
  };
  return {
    count: () => count,
    lay: (name, content) => {
      writeDurably(join(folder, name), JSON.stringify(content));
      added(name);
    },
    move: (path, name) => {
      renameSync(path, join(folder, name));
      syncFolder(folder);
      added(name);
    },
  };
}
