import { HoldfastError } from '../../kit/errors.ts';
import { parseSections } from './parse-sections.ts';

/** Files of a host, from one response of its host-metrics endpoint. */
export interface Facts extends Disposable {
  /** Name of the host that responded; undefined when the response was cut off. */
  readonly name: string | undefined;
  /** The text of a file; throws when the response does not contain it. */
  readonly read: (path: string) => string;
  readonly has: (path: string) => boolean;
  /** Paths of the files below a folder. */
  readonly below: (folder: string) => readonly string[];
}

/** Parses a response of a host-metrics endpoint. Throws when it contains no complete file. */
export function factsOf(text: string, host: string): Facts {
  const files = parseSections(text);
  if (files.size === 0)
    throw new HoldfastError('unreadable-record', `The response of ${host} contains no complete file.`);
  return {
    name: files.get('/etc/hostname')?.trim(),
    read(path) {
      const found = files.get(path);
      if (found === undefined)
        throw new HoldfastError('unreadable-record', `${path} is missing in the response of ${host}.`);
      return found;
    },
    has: (path) => files.has(path),
    below: (folder) => [...files.keys()].filter((path) => path.startsWith(`${folder}/`)),
    [Symbol.dispose]() {
      // The connection was closed after the response was read.
    },
  };
}
