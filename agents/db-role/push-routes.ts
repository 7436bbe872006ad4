import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../kit/errors.ts';
import type { AgentReply, Routes } from './decide-routes.ts';

interface PusherOptions {
  /** Unix socket of HAProxy's runtime API. */
  readonly socketPath: string;
  readonly deadlineMs: number;
  readonly onPush: (
    result: 'done' | 'failed',
    details: { readonly commands: readonly string[]; readonly answer?: string },
  ) => void;
}

/** The state that was pushed for each server, by `ROUTE/HOST`. */
export type PushedReplies = ReadonlyMap<string, AgentReply>;

/** The runtime API commands that have the effect of each agent-check reply. */
const COMMANDS: Readonly<Record<AgentReply, readonly string[]>> = {
  'up ready': ['agent up', 'state ready'],
  maint: ['state maint'],
  down: ['agent down'],
};

/** Delay between a failed push and its retry. */
const RETRY_MS = 100;
/** Delay of the second push: it corrects an agent-check reply with the old state that was in flight during the first push. */
const CONFIRM_MS = 100;

/** The wanted state of each server. */
export function repliesOf(routes: Routes): PushedReplies {
  return new Map(
    [...routes.replies].flatMap(([host, answers]) =>
      (['db-write', 'db-read'] as const).map((route) => [`${route}/${host}`, answers[route]] as const),
    ),
  );
}

/** The commands for all servers whose wanted state differs from the pushed one. Servers are disabled before others are enabled. */
export function decideCommands(pushed: PushedReplies, wanted: PushedReplies): readonly string[] {
  const changed = [...wanted].filter(([server, answer]) => pushed.get(server) !== answer);
  const closing = changed.filter(([, answer]) => answer !== 'up ready');
  const opening = changed.filter(([, answer]) => answer === 'up ready');
  return [...closing, ...opening].flatMap(([server, answer]) =>
    COMMANDS[answer].map((command) => `set server ${server} ${command}`),
  );
}

/**
 * Pushes route changes to HAProxy at once, instead of waiting for its next agent check. Retries with the newest routes until HAProxy
 * accepts them, and repeats the push once after {@link CONFIRM_MS}. After a restart of HAProxy its agent checks restore the state. `all` pushes every
 * server, after a reload: HAProxy may have started with older states than it was sent.
 */
export function openHaproxyPusher({
  socketPath,
  deadlineMs,
  onPush,
}: PusherOptions): (routes: Routes, which?: 'changed' | 'all') => void {
  let pushed: PushedReplies = new Map();
  let wanted: PushedReplies = new Map();
  let isPushing = false;
  let mustPushAll = false;

  function decideNext(): readonly string[] {
    if (mustPushAll) pushed = new Map();
    mustPushAll = false;
    return decideCommands(pushed, wanted);
  }

  async function pushAll(): Promise<void> {
    for (let commands = decideNext(); commands.length > 0; commands = decideNext()) {
      const pushing = wanted;
      const answer = await sendCommands(socketPath, commands, deadlineMs).catch(messageOf);
      if (answer === '') {
        const before = pushed;
        pushed = pushing;
        onPush('done', { commands });
        setTimeout(() => {
          pushAgain(before, pushing);
        }, CONFIRM_MS);
      } else {
        onPush('failed', { commands, answer });
        await sleep(RETRY_MS);
      }
    }
  }

  /** Runs one connection at a time, so that HAProxy never executes an older command after a newer one. Pushes later changes after `work`. */
  function runExclusively(work: () => Promise<unknown>): void {
    if (isPushing) return;
    isPushing = true;
    void work()
      .catch(() => undefined)
      .then(pushAll)
      .finally(() => {
        isPushing = false;
      });
  }

  /** Repeats the last push, unless a newer one followed. */
  function pushAgain(before: PushedReplies, pushing: PushedReplies): void {
    if (pushed === pushing) runExclusively(() => sendCommands(socketPath, decideCommands(before, pushing), deadlineMs));
  }

  return (routes, which = 'changed') => {
    wanted = repliesOf(routes);
    if (which === 'all') mustPushAll = true;
    runExclusively(() => Promise.resolve());
  };
}

/** Sends the commands to HAProxy's runtime API on one connection. HAProxy replies with an empty line to a successful command, else with the reason. */
export async function sendCommands(
  socketPath: string,
  commands: readonly string[],
  deadlineMs: number,
): Promise<string> {
  const socket = connect({ path: socketPath, signal: AbortSignal.timeout(deadlineMs) });
  socket.end(`${commands.join('; ')}\n`);
  return (await text(socket)).trim();
}
