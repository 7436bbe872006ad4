import type { StackContext } from '../../deploy/observe/observation.ts';
import { HoldfastError } from '../../kit/errors.ts';

/** Result of one request through a dependency's proxy. */
export interface DependencyReply {
  readonly outcome: 'answered' | 'refused' | 'closed' | 'silent';
  /** From the request to the first byte of the response, or to the end of the attempt. */
  readonly ms: number;
}

interface DependencyProbe {
  readonly host: string;
  /** On the host's loopback. */
  readonly port: number;
  /** Size that the request is padded to, to measure a bandwidth limit. */
  readonly requestBytes?: number;
  /** Default 2,000. */
  readonly timeoutMs?: number;
}

/**
 * Sends a request from a consumer's host through its local proxy, as its process does. The time to the first byte is measured on
 * that host, so that the duration of `docker exec` does not count. Every host has `bash`; nothing has to be installed.
 */
export async function probeDependency(world: StackContext, probe: DependencyProbe): Promise<DependencyReply> {
  const { host, port, requestBytes = 64, timeoutMs = 2_000 } = probe;
  const script = [
    'exec 3<>"/dev/tcp/127.0.0.1/$1" || { echo refused 0; exit 0; }',
    'start=${EPOCHREALTIME/./}',
    'printf "$2" >&3 || true',
    'IFS= read -r -n 1 -t "$3" -u 3 byte; code=$?',
    'end=${EPOCHREALTIME/./}',
    'if [ $code -eq 0 ]; then o=answered; elif [ $code -gt 128 ]; then o=silent; else o=closed; fi',
    'echo $o $((end - start))',
  ].join('\n');
  const argv = [
    'bash',
    '-c',
    script,
    'probe',
    String(port),
    requestOf(world, port, requestBytes),
    String(timeoutMs / 1_000),
  ];
  const { stdout, stderr } = await world.hosts.exec(host, argv, { timeoutMs: timeoutMs + 5_000 });
  const [outcome, microseconds] = stdout.trim().split('\n').at(-1)?.split(' ') ?? [];
  const ms = Number(microseconds) / 1_000;
  if ((outcome === 'answered' || outcome === 'refused' || outcome === 'closed' || outcome === 'silent') && ms >= 0)
    return { outcome, ms };
  throw new HoldfastError('docker', `The probe of port ${port} on ${host} returned nothing: ${stderr.trim()}`);
}

/** A request that the server behind the route answers at once. Escapes are those of printf. */
function requestOf(world: StackContext, port: number, bytes: number): string {
  const dependency = world.topology.dependencies.find((candidate) => candidate.proxyPort === port);
  const pad = 'x'.repeat(Math.max(0, bytes - 40));
  if (dependency?.name === 'cache') return `PING ${pad}\\r\\n`;
  // A MySQL server sends the first packet, and counts invalid packets of clients.
  if (dependency?.route === 'db-write' || dependency?.route === 'db-read') return '';
  return `GET /livez HTTP/1.0\\r\\nHost: probe\\r\\nX-Pad: ${pad}\\r\\n\\r\\n`;
}
