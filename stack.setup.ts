import { makeTopology } from './deploy/topology.ts';
import { up } from './deploy/up.ts';

/** Brings the stack up, or repairs it, before the tests that need it. */
export default async function setup(): Promise<void> {
  const onProgress = (line: string): void => {
    process.stderr.write(`  ${line}\n`);
  };
  await up({ topology: makeTopology(), signal: new AbortController().signal, onProgress });
}
