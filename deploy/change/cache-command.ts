import { HoldfastError } from '../../kit/errors.ts';
import { PORTS } from '../model/topology.ts';
import type { StackContext } from '../observe/observation.ts';

/** Deadline of one command on a host. */
const COMMAND_MS = 2_000;

/**
 * Runs a command of the operator on the Valkey or the Sentinel of a cache host, over loopback. Returns the lines of the reply. Throws `switch-failed` for an
 * error reply or a late one.
 */
export async function runCacheCommand(
  { hosts }: StackContext,
  host: string,
  { server, command }: { readonly server: 'valkey' | 'sentinel'; readonly command: readonly string[] },
): Promise<readonly string[]> {
  const login = 'export REDISCLI_AUTH=$(cat /run/secrets/cache-operator-password)';
  const client = `timeout ${COMMAND_MS / 1_000} valkey-cli -e --user operator --no-auth-warning -p ${PORTS[server]}`;
  const { code, stdout, stderr } = await hosts.exec(
    host,
    ['sh', '-c', `${login}; ${client} "$@"`, 'command', ...command],
    {
      timeoutMs: 2 * COMMAND_MS,
    },
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  const error = lines.find((line) => ERROR_REPLY.test(line));
  if (code === 0 && error === undefined) return lines;
  throw new HoldfastError('switch-failed', `${server} on ${host}: ${error ?? (stderr.trim() || 'no reply')}`);
}

/** Error replies begin with a code in capitals; no other reply to these commands does. */
const ERROR_REPLY = /^(?:\(error\) )?(?:ERR|[A-Z]{5,}) /;
