import { findTarget, type Module } from './probe-server.ts';
import { scrapeDeadlineMs } from './scrape-deadline.ts';

/** What one look gave, or why there was none. */
type Look =
  { readonly text: string; readonly problem?: undefined } | { readonly text?: undefined; readonly problem: string };

/** Looks at one target as Prometheus would and gives the answer as text. `words`: module and target. */
export async function probeOnce(modules: readonly Module[], words: readonly string[]): Promise<Look> {
  const [name = '', target = '', ...rest] = words;
  const found = findTarget(modules, name, target);
  if ('problem' in found) return found;
  if (rest.length > 0) return { problem: `${rest.join(' ')} is too much: there is --once MODULE TARGET.` };
  const { body } = await found.module.probe(target, {
    deadlineMs: scrapeDeadlineMs(undefined),
    format: 'text',
    // Who started it waits, or ends the whole process.
    signal: new AbortController().signal,
  });
  return { text: body };
}
