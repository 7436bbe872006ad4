import { down } from '../deploy/stack/down.ts';
import { makeTopology } from '../deploy/model/topology.ts';
import { up } from '../deploy/change/up.ts';
import { HoldfastError } from '../kit/errors.ts';
import { openStackLock } from '../kit/stack-lock.ts';
import { renderFiles } from './render-files.ts';

/** Set if the machine is only used for tests (`.ci/run`): the stack of another checkout is left from an interrupted run and may be removed. */
const OWNS_MACHINE = process.env['HOLDFAST_TEST_OWNS_MACHINE'] === '1';

/** Starts or repairs the stack before the integration tests. */
export default async function setup(): Promise<void> {
  // `vitest list` runs this too, and starts no test.
  if (process.argv[2] === 'list') return;
  const onProgress = (line: string): void => {
    process.stderr.write(`  ${line}\n`);
  };
  await using _lock = await openStackLock('test', 'exclusive');
  const topology = makeTopology();
  const files = renderFiles(topology);
  const { signal } = new AbortController();
  try {
    await up({ topology, files, isAtOnce: true, signal, onProgress });
  } catch (error) {
    if (!OWNS_MACHINE || !(error instanceof HoldfastError) || error.code !== 'wrong-checkout') throw error;
    onProgress('removing the stack that another checkout left');
    await down({ volumes: true, signal });
    await up({ topology, files, isAtOnce: true, signal, onProgress });
  }
}
