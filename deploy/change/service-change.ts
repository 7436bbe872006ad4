import { z } from 'zod';
import { reload, restart, restartHost, type OnChange } from '../model/rendered-file.ts';

/** A service of a host that takes over changed files: `reload` keeps its connections, `restart` does not. */
export interface ServiceChange {
  readonly service: string;
  readonly how: 'reload' | 'restart';
}

/**
 * The services that take over files with these `onChange`: reloads first, each service once. A service that restarts does not reload as well.
 * `undefined`: the whole host has to restart. Empty: the files are read at each use.
 */
export function servicesToChange(files: readonly OnChange[]): readonly ServiceChange[] | undefined {
  if (files.some(({ kind }) => kind === 'restart-host')) return undefined;
  const restarts = new Set(files.flatMap((file) => (file.kind === 'restart' ? file.services : [])));
  const reloads = new Set(files.flatMap((file) => (file.kind === 'reload' ? [file.service] : [])));
  return [
    ...[...reloads].filter((service) => !restarts.has(service)).map((service) => ({ service, how: 'reload' as const })),
    ...[...restarts].map((service) => ({ service, how: 'restart' as const })),
  ];
}

const markerSchema = z.array(z.object({ service: z.string(), how: z.enum(['reload', 'restart']) }));

/** The text of a host's marker {@link UNFINISHED} while these services change. */
export function renderMarker(services: readonly ServiceChange[]): string {
  return JSON.stringify(services);
}

/**
 * What an interrupted change left to do, from the text of the marker; `undefined`: there is no marker. An empty or unreadable marker is of a
 * replacement.
 */
export function parseMarker(text: string | undefined): readonly OnChange[] {
  if (text === undefined) return [];
  try {
    return markerSchema
      .parse(JSON.parse(text))
      .map(({ service, how }) => (how === 'reload' ? reload(service) : restart(service)));
  } catch {
    return [restartHost];
  }
}

/** Such as `haproxy`, or `keepalived, reload haproxy` if one restarts and the other one reloads. */
export function renderServices(services: readonly ServiceChange[]): string {
  const restarts = services.filter(({ how }) => how === 'restart').map(({ service }) => service);
  const reloads = services.filter(({ how }) => how === 'reload').map(({ service }) => service);
  if (restarts.length === 0) return reloads.join(', ');
  return [...restarts, ...reloads.map((service) => `reload ${service}`)].join(', ');
}
