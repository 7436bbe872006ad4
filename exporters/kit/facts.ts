import { HoldfastError } from '../../kit/errors.ts';
import { parseSections } from './parse-sections.ts';

/** What a host said in one look. */
export interface Facts extends Disposable {
  /** Name of the host that spoke; undefined when the answer was cut off. */
  readonly name: string | undefined;
  /** The text of a file; throws when it is not in the answer. */
  readonly read: (path: string) => string;
  readonly has: (path: string) => boolean;
  /** Paths of the files below a folder. */
  readonly below: (folder: string) => readonly string[];
}

/** The answer of a host's door. Throws when there is nothing in it that can be used. */
export function factsOf(text: string, host: string): Facts {
  const files = parseSections(text);
  if (files.size === 0) throw new HoldfastError('unreadable-record', `${host} said nothing that can be used.`);
  return {
    name: files.get('/etc/hostname')?.trim(),
    read(path) {
      const found = files.get(path);
      if (found === undefined) throw new HoldfastError('unreadable-record', `${path} is not in what ${host} said.`);
      return found;
    },
    has: (path) => files.has(path),
    below: (folder) => [...files.keys()].filter((path) => path.startsWith(`${folder}/`)),
    [Symbol.dispose]() {
      // The connection was closed when it had been read.
    },
  };
}
