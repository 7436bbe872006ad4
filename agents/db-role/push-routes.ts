import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../kit/errors.ts';
import type { Answer, Routes } from './decide-routes.ts';

interface TellerOptions {
  /** Unix socket on which HAProxy takes commands. */
  readonly socketPath: string;
  readonly deadlineMs: number;
  readonly onPush: (
    result: 'done' | 'failed',
    details: { readonly commands: readonly string[]; readonly answer?: string },
  ) => void;
}

/** What HAProxy was told of each server, `ROUTE/HOST`. */
export type Told = ReadonlyMap<string, Answer>;

/** HAProxy's commands for what its agent checks would be answered. */
const COMMANDS: Readonly<Record<Answer, readonly string[]>> = {
  'up ready': ['agent up', 'state ready'],
  maint: ['state maint'],
  down: ['agent down'],
};

/** Between a refused command and the next try. */
const RETRY_MS = 100;
/** An answer to an agent check that was on its way while the routes changed has arrived by then, and is put right. */
const CONFIRM_MS = 100;

/** What HAProxy should be told, by server. */
export function answersOf(routes: Routes): Told {
  return new Map(
    [...routes.answers].flatMap(([host, answers]) =>
      (['db-write', 'db-read'] as const).map((route) => [`${route}/${host}`, answers[route]] as const),
    ),
  );
}

/** The commands that make of what HAProxy was told what it should be told: doors are closed before others are opened. */
export function decideCommands(told: Told, wanted: Told): readonly string[] {
  const changed = [...wanted].filter(([server, answer]) => told.get(server) !== answer);
  const closing = changed.filter(([, answer]) => answer !== 'up ready');
  const opening = changed.filter(([, answer]) => answer === 'up ready');
  return [...closing, ...opening].flatMap(([server, answer]) =>
    COMMANDS[answer].map((command) => `set server ${server} ${command}`),
  );
}

/**
 * Tells HAProxy changes of the routes at once, instead of with its next agent check: always the newest, until it has taken it, and once more a
 * moment later. What HAProxy forgets by itself (a restart) its agent checks bring back.
 */
export function openHaproxyPusher({ socketPath, deadlineMs, onPush }: TellerOptions): (routes: Routes) => void {
  let told: Told = new Map();
  let wanted: Told = new Map();
  let isTelling = false;

  async function tellAll(): Promise<void> {
    for (let commands = decideCommands(told, wanted); commands.length > 0; commands = decideCommands(told, wanted)) {
      const telling = wanted;
      const answer = await send(socketPath, commands, deadlineMs).catch(messageOf);
      if (answer === '') {
        const before = told;
        told = telling;
        onPush('done', { commands });
        setTimeout(() => {
          confirm(before, telling);
        }, CONFIRM_MS);
      } else {
        onPush('failed', { commands, answer });
        await sleep(RETRY_MS);
      }
    }
  }

  /** One connection at a time, or an older command could be carried out after a newer one; what changed meanwhile is told after `work`. */
  function inTurn(work: () => Promise<unknown>): void {
    if (isTelling) return;
    isTelling = true;
    void work()
      .catch(() => undefined)
      .then(tellAll)
      .finally(() => {
        isTelling = false;
      });
  }

  /** Says once more what was said last, unless something newer was said since. */
  function confirm(before: Told, telling: Told): void {
    if (told === telling) inTurn(() => send(socketPath, decideCommands(before, telling), deadlineMs));
  }

  return (routes) => {
    wanted = answersOf(routes);
    inTurn(() => Promise.resolve());
  };
}

/** Sends the commands on one connection. HAProxy answers a command that it carried out with an empty line, else with the reason. */
async function send(socketPath: string, commands: readonly string[], deadlineMs: number): Promise<string> {
  const socket = connect({ path: socketPath, signal: AbortSignal.timeout(deadlineMs) });
  socket.end(`${commands.join('; ')}\n`);
  return (await text(socket)).trim();
}
