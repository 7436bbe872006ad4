import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { escapeMarkup } from '../../kit/escape-markup.ts';
import { collect } from './collect.ts';
import type { Exporter, Session } from './exporter.ts';
import { makeFailureLog, type Log } from './failure-log.ts';
import { negotiateFormat, renderSamples, type Exposition, type Format } from './render-samples.ts';
import { scrapeDeadlineMs } from './scrape-deadline.ts';
import { makeSingleFlight } from './single-flight.ts';

/** A kind of target that can be probed, with its targets. */
export interface Module {
  readonly name: string;
  readonly targets: readonly string[];
  /** Probes one target. */
  readonly probe: (target: string, options: ProbeOptions) => Promise<Exposition>;
}

interface ProbeOptions {
  readonly deadlineMs: number;
  readonly format: Format;
  /** Aborts when no client waits for the response any more. */
  readonly signal: AbortSignal;
}

/** More than any target of this stack exposes, and few enough to be harmless to Prometheus. */
const MAX_SERIES = 5_000;

/** Makes a module from an exporter. `targets`: name → address and settings of the target. */
export function makeModule<T, S extends Session>(
  name: string,
  {
    exporter,
    targets,
    log,
  }: { readonly exporter: Exporter<T, S>; readonly targets: ReadonlyMap<string, T>; readonly log: Log },
): Module {
  const report = makeFailureLog(log, { fails: 'collector failed', works: 'collector works again' });
  return {
    name,
    targets: [...targets.keys()],
    async probe(target, { deadlineMs, format, signal }) {
      const at = targets.get(target);
      if (at === undefined) throw new Error(`${name} has no target ${target}`);
      const { samples, failures } = await collect(exporter, at, { deadlineMs, maxSeries: MAX_SERIES, signal });
      // If the target could not be reached, no collector ran.
      const attempted = 'open' in failures ? [] : exporter.collectors.map((collector) => collector.name);
      // A scrape that was aborted because its client disconnected is no evidence about the target.
      const conclusive = signal.aborted ? [] : ['open', ...attempted];
      for (const collector of conclusive) report({ module: name, target, collector }, failures[collector]);
      return renderSamples(samples, exporter.metrics, format);
    },
  };
}

interface ServerOptions {
  readonly modules: readonly Module[];
  /** The metrics of this process. */
  readonly own: (format: Format) => Promise<Exposition>;
  readonly log: Log;
}

/**
 * `/probe?module=&target=` probes one target. Concurrent scrapes of the same target share one collection, which is aborted when all of them
 * have disconnected. `/metrics` exposes this process. Only configured targets can be probed, so that a client cannot direct requests
 * elsewhere.
 */
export function makeProbeServer({ modules, own, log }: ServerOptions): Server {
  const share = makeSingleFlight<Exposition>();

  async function answer(
    request: IncomingMessage,
    clientGone: AbortSignal,
  ): Promise<Exposition | { readonly status: number; readonly text: string }> {
    const url = new URL(request.url ?? '/', 'http://exporter');
    const format = negotiateFormat(request.headers.accept);
    if (url.pathname === '/') return { contentType: 'text/html; charset=utf-8', body: renderLandingPage(modules) };
    if (url.pathname === '/metrics') return own(format);
    if (url.pathname !== '/probe') return { status: 404, text: 'There are /, /metrics and /probe.' };
    const name = url.searchParams.get('module') ?? '';
    const target = url.searchParams.get('target') ?? '';
    const found = findTarget(modules, name, target);
    if ('problem' in found) return { status: 400, text: found.problem };
    const deadlineMs = scrapeDeadlineMs(request.headers['x-prometheus-scrape-timeout-seconds']);
    return share(`${name} ${target} ${format}`, clientGone, (signal) =>
      found.module.probe(target, { deadlineMs, format, signal }),
    );
  }

  return createServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => {
      // Also emitted after a complete response: then there is nothing to abort.
      if (!response.writableEnded) gone.abort();
    });
    answer(request, gone.signal).then(
      (result) => {
        if ('body' in result) send(response, 200, result);
        else send(response, result.status, { contentType: 'text/plain; charset=utf-8', body: `${result.text}\n` });
      },
      (error: unknown) => {
        log('no answer', { path: request.url, error: String(error) });
        send(response, 500, {
          contentType: 'text/plain; charset=utf-8',
          body: 'This exporter has a fault; its log says more.\n',
        });
      },
    );
  });
}

/** The module of the target, or a message with the allowed values. */
export function findTarget(
  modules: readonly Module[],
  name: string,
  target: string,
): { readonly module: Module } | { readonly problem: string } {
  const module = modules.find((candidate) => candidate.name === name);
  if (module === undefined) return { problem: `module must be ${modules.map((one) => one.name).join(', ')}.` };
  if (!module.targets.includes(target)) return { problem: `target must be ${module.targets.join(', ')}.` };
  return { module };
}

function send(response: ServerResponse, status: number, { contentType, body }: Exposition): void {
  response.writeHead(status, { 'content-type': contentType }).end(body);
}

function renderLandingPage(modules: readonly Module[]): string {
  const rows = modules.flatMap(({ name, targets }) =>
    targets.map((target) => {
      const link = `/probe?module=${encodeURIComponent(name)}&target=${encodeURIComponent(target)}`;
      return `<li><a href="${escapeMarkup(link)}">${escapeMarkup(`${name}: ${target}`)}</a></li>`;
    }),
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>holdfast exporter</title><h1>holdfast exporter</h1><ul>${rows.join('')}</ul><p><a href="/metrics">this process</a></p></html>\n`;
}
