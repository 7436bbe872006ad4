import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const integrationTests = '**/*.integration.test.ts';
const ignored = ['**/node_modules/**', '.holdfast/**'];

export default defineConfig({
  test: {
    // Many tests wait for sockets: one worker more than this machine has cores keeps them busy.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...ignored, integrationTests],
          // Modules have no state of their own here, so test files share them: importing them for each took half of the time.
          isolate: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: [integrationTests],
          exclude: ignored,
          globalSetup: ['./project/stack.setup.ts'],
          setupFiles: ['./project/client-limits.setup.ts'],
          // One stack on one machine: its tests take turns.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
