import { messageOf } from '../../kit/errors.ts';
import { parseServerStates } from '../../kit/haproxy-server-states.ts';
import { readOperations } from '../../kit/operations.ts';
import { decideDrains, DRAINABLE } from './drained-servers.ts';
import { sendCommands } from './push-routes.ts';

interface DrainOptions {
  /** File with the drained hosts. */
  readonly operationsFile: string;
  /** Unix socket of HAProxy's runtime API. */
  readonly haproxySocket: string;
  readonly deadlineMs: number;
  readonly log: (message: string, details?: Readonly<Record<string, unknown>>) => void;
}

/** The drained hosts of this load balancer. */
export interface Drains {
  /** Names of the drained hosts, as of the last valid file. */
  readonly hosts: ReadonlySet<string>;
  /** Reads the file and brings HAProxy to it. Never rejects: a failure is logged once and retried by the next call. */
  apply(): Promise<void>;
}

export function openDrains({ operationsFile, haproxySocket, deadlineMs, log }: DrainOptions): Drains {
  let hosts: ReadonlySet<string> = new Set();
  let isApplying = false;
  let lastError = '';

  async function bringToFile(): Promise<void> {
    const { drains } = await readOperations(operationsFile);
    hosts = new Set(drains.map(({ host }) => host));
    const queries = DRAINABLE.map((backend) => `show servers state ${backend}`);
    const commands = decideDrains(parseServerStates(await sendCommands(haproxySocket, queries, deadlineMs)), hosts);
    if (commands.length === 0) return;
    const problem = await sendCommands(haproxySocket, commands, deadlineMs);
    if (problem !== '') throw new Error(problem);
    log('drained hosts changed', { commands });
  }

  return {
    get hosts() {
      return hosts;
    },
    async apply() {
      if (isApplying) return;
      isApplying = true;
      const error = await bringToFile().then(() => '', messageOf);
      if (error !== '' && error !== lastError) log('cannot apply drains', { error });
      lastError = error;
      isApplying = false;
    },
  };
}
