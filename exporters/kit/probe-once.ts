import { findTarget, type Module } from './probe-server.ts';
import { scrapeDeadlineMs } from './scrape-deadline.ts';

/** Output of one probe, or the reason why it was not run. */
type ProbeResult =
  { readonly text: string; readonly problem?: undefined } | { readonly text?: undefined; readonly problem: string };

/** Probes one target as Prometheus would and returns the response as text. `words`: module and target. */
export async function probeOnce(modules: readonly Module[], words: readonly string[]): Promise<ProbeResult> {
  const [name = '', target = '', ...rest] = words;
  const found = findTarget(modules, name, target);
  if ('problem' in found) return found;
  if (rest.length > 0) return { problem: `${rest.join(' ')} is too much: there is --once MODULE TARGET.` };
  const { body } = await found.module.probe(target, {
    deadlineMs: scrapeDeadlineMs(undefined),
    format: 'text',
    // The caller waits for the result or ends the process, so nothing aborts the probe.
    signal: new AbortController().signal,
  });
  return { text: body };
}
