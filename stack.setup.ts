import { makeTopology } from './deploy/topology.ts';
import { up } from './deploy/up.ts';
import { openStackLock } from './kit/stack-lock.ts';
import { renderFiles } from './render-files.ts';

/** Brings the stack up, or repairs it, before the tests that need it. */
export default async function setup(): Promise<void> {
  const onProgress = (line: string): void => {
    process.stderr.write(`  ${line}\n`);
  };
  await using _lock = await openStackLock('test');
  const topology = makeTopology();
  const files = renderFiles(topology);
  await up({ topology, files, signal: new AbortController().signal, onProgress });
}
