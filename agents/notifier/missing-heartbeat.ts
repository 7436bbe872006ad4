import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../kit/durable-file.ts';
import { adoptOldName } from './adopt-old-name.ts';
import type { MissingHeartbeat } from './watchdog-timer.ts';

const fileSchema = z.object({ sinceMs: z.number().optional() });

/** A file in the notifier's state folder, which must exist. An unreadable file counts as no missing heartbeat. */
export function openMissingHeartbeat(folder: string): MissingHeartbeat {
  const name = 'missing-heartbeat.json';
  adoptOldName(folder, 'silence.json', name);
  const file = join(folder, name);
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
