import { down } from '../deploy/stack/down.ts';
import { makeTopology } from '../deploy/model/topology.ts';
import { up } from '../deploy/stack/up.ts';
import { HoldfastError } from '../kit/errors.ts';
import { openStackLock } from '../kit/stack-lock.ts';
import { renderFiles } from './render-files.ts';

/** Set where the machine is there for tests alone (`.ci/run`): what an interrupted run of another checkout left is nobody's. */
const OWNS_MACHINE = process.env['HOLDFAST_TEST_OWNS_MACHINE'] === '1';

/** Brings the stack up, or repairs it, before the tests that need it. */
export default async function setup(): Promise<void> {
  const onProgress = (line: string): void => {
    process.stderr.write(`  ${line}\n`);
  };
  await using _lock = await openStackLock('test');
  const topology = makeTopology();
  const files = renderFiles(topology);
  const { signal } = new AbortController();
  try {
    await up({ topology, files, signal, onProgress });
  } catch (error) {
    if (!OWNS_MACHINE || !(error instanceof HoldfastError) || error.code !== 'wrong-checkout') throw error;
    onProgress('removing the stack that another checkout left');
    await down({ volumes: true, signal });
    await up({ topology, files, signal, onProgress });
  }
}
