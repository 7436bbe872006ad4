import { renderAlertFiles } from './alerts/generated.ts';
import { renderAll } from './deploy/render.ts';
import { makeTopology } from './deploy/topology.ts';
import { up } from './deploy/up.ts';
import { openStackLock } from './kit/stack-lock.ts';

/** Brings the stack up, or repairs it, before the tests that need it. */
export default async function setup(): Promise<void> {
  const onProgress = (line: string): void => {
    process.stderr.write(`  ${line}\n`);
  };
  await using _lock = await openStackLock('test');
  const topology = makeTopology();
  const files = renderAll(topology, renderAlertFiles(topology));
  await up({ topology, files, signal: new AbortController().signal, onProgress });
}
