import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { messageOf } from '../../kit/errors.ts';
import type { Answer, Routes } from './decide-routes.ts';

interface TellOptions {
  /** Unix socket on which HAProxy takes commands. */
  readonly socketPath: string;
  readonly deadlineMs: number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** HAProxy's commands for what its agent checks would be answered. */
const COMMANDS: Readonly<Record<Answer, readonly string[]>> = {
  'up ready': ['agent up', 'state ready'],
  maint: ['state maint'],
  down: ['agent down'],
};

/** The commands that make HAProxy's servers what `after` says, where `before` said something else. */
export function decideCommands(before: Routes | undefined, after: Routes): readonly string[] {
  return [...after.answers].flatMap(([host, answers]) =>
    (['db-write', 'db-read'] as const).flatMap((route) => {
      const answer = answers[route];
      if (answer === before?.answers.get(host)?.[route]) return [];
      return COMMANDS[answer].map((command) => `set server ${route}/${host} ${command}`);
    }),
  );
}

/**
 * Tells HAProxy changes of the routes at once and in order, instead of with its next agent check. What does not get through (HAProxy is
 * down or just starting) is logged and not repeated: the agent check brings it.
 */
export function openHaproxyTeller({ socketPath, deadlineMs, log }: TellOptions): (commands: readonly string[]) => void {
  async function tell(commands: readonly string[]): Promise<void> {
    const answer = await send(socketPath, commands, deadlineMs).catch(messageOf);
    if (answer !== '') log('HAProxy did not take a change', { commands, answer });
  }
  let told = Promise.resolve();
  return (commands) => {
    if (commands.length > 0) told = told.then(() => tell(commands));
  };
}

/** Sends the commands on one connection. HAProxy answers a command that it carried out with an empty line, else with the reason. */
async function send(socketPath: string, commands: readonly string[], deadlineMs: number): Promise<string> {
  const socket = connect({ path: socketPath, signal: AbortSignal.timeout(deadlineMs) });
  socket.end(`${commands.join('; ')}\n`);
  return (await text(socket)).trim();
}
