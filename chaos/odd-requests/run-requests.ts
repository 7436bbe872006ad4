import { setTimeout as sleep } from 'node:timers/promises';
import { mapLimited } from '../../kit/map-limited.ts';
import { expectedAt, type Expected, type OddRequest } from './odd-request.ts';
import type { Entry, Outcome } from './open-entry.ts';
import { PATH_BYTES } from './rows/request-text.ts';
import { sendHttp1 } from './send-http1.ts';
import { sendHttp2 } from './send-http2.ts';

const AT_A_TIME = 8;
/** Of the catalogue: each request that follows an odd one asks for another of them. */
const PRODUCTS = 10_000;

/** Paths and products that no other request of a run has, and time between them, so that the limits of one address are not reached. */
export class Turns {
  readonly #run = Date.now().toString(36);
  readonly #msBetween: number;
  #number = 0;
  #nextConnectionAt = 0;
  #nextRequestAt = 0;

  /** `perSecond`: connections, and also requests that a limit counts. */
  constructor(perSecond: number) {
    this.#msBetween = 1_000 / perSecond;
  }

  /** Waits until a connection may be made, with so many requests on it that are counted. */
  async take(requests: number): Promise<{ readonly path: string; readonly product: number }> {
    const now = performance.now();
    const at = Math.max(now, this.#nextConnectionAt, this.#nextRequestAt);
    this.#nextConnectionAt = at + this.#msBetween;
    this.#nextRequestAt = Math.max(now, this.#nextRequestAt) + requests * this.#msBetween;
    this.#number += 1;
    const number = this.#number;
    if (at > now) await sleep(at - now);
    return {
      // No page has it, and it has the length that rows compute with.
      path: `/odd/${this.#run}-${number}-`.padEnd(PATH_BYTES, 'x'),
      product: (number % PRODUCTS) + 1,
    };
  }
}

/** Sends the requests to an entry; what came otherwise than expected, a line each. */
export async function findUnexpected(
  entry: Entry,
  requests: readonly OddRequest[],
  turns: Turns,
): Promise<readonly string[]> {
  const found = await mapLimited(requests, AT_A_TIME, async (request) => {
    const conversation = await turns.take(countedOf(expectedAt(request, entry.name)));
    const outcome =
      'parts' in request
        ? await sendHttp1(entry, request, conversation)
        : await sendHttp2(entry, request, conversation);
    return judge(request, entry, outcome).map((line) => `${request.name}: ${line}`);
  });
  return found.flat();
}

/** Requests that a limit counts: what the parser refuses comes to no rule. */
function countedOf({ answers, ends, isBuiltIn }: Expected): number {
  const odd = isBuiltIn ? 0 : answers.filter((answer) => Number(answer) >= 200).length;
  return odd + (ends ? 0 : 1);
}

/** How many of these requests the application must see. */
export function reachesOf(entry: Entry, requests: readonly OddRequest[]): number {
  return requests.reduce((sum, request) => sum + expectedAt(request, entry.name).reaches, 0);
}

/** What is wrong with an outcome. */
export function judge(request: OddRequest, { name }: Pick<Entry, 'name'>, outcome: Outcome): readonly string[] {
  const { answers, ends, isBuiltIn } = expectedAt(request, name);
  const followUp = ends ? 'closed' : 'served';
  return [
    ...(answers.join() === outcome.answers.join()
      ? []
      : [`expected ${answers.join(', ') || 'nothing'}, got ${outcome.answers.join(', ') || 'nothing'}`]),
    ...(followUp === outcome.followUp ? [] : [`expected the next request ${followUp}, got ${outcome.followUp}`]),
    ...(isBuiltIn || outcome.lacks.length === 0 ? [] : [`without ${outcome.lacks.join(', ')}`]),
  ];
}
