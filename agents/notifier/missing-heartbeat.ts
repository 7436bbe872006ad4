import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../kit/durable-file.ts';
import type { ToldSilence } from './watchdog-timer.ts';

const fileSchema = z.object({ sinceMs: z.number().optional() });

/** In the notifier's state folder, which must be there. What cannot be read is none. */
export function openToldSilence(folder: string): ToldSilence {
  const file = join(folder, 'silence.json');
  return {
    read: () => {
      try {
        return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).sinceMs;
      } catch {
        return undefined;
      }
    },
    write: (sinceMs) => {
      writeDurably(file, JSON.stringify({ sinceMs }));
    },
  };
}
