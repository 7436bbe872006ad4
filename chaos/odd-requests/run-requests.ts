import { setTimeout as sleep } from 'node:timers/promises';
import { mapLimited } from '../../kit/map-limited.ts';
import { expectedAt, type Expected, type OddRequest } from './odd-request.ts';
import type { Entry, Outcome } from './open-entry.ts';
import { PATH_BYTES } from './rows/request-text.ts';
import { sendHttp1 } from './send-http1.ts';
import { sendHttp2 } from './send-http2.ts';

const AT_A_TIME = 8;
/** Number of products in the seed data. Each follow-up request uses another one. */
const PRODUCTS = 10_000;

/** Assigns each odd request a unique path and a product, and paces the requests, so that they stay below the limits of one client address. */
export class RequestPacer {
  readonly #run = Date.now().toString(36);
  readonly #msBetween: number;
  #number = 0;
  #nextConnectionAt = 0;
  #nextRequestAt = 0;

  /** `perSecond`: maximum rate of connections, and also of requests that count towards a limit. */
  constructor(perSecond: number) {
    this.#msBetween = 1_000 / perSecond;
  }

  /** Waits until a connection may be opened with this number of requests that count towards a limit. */
  async take(requests: number): Promise<{ readonly path: string; readonly product: number }> {
    const now = performance.now();
    const at = Math.max(now, this.#nextConnectionAt, this.#nextRequestAt);
    this.#nextConnectionAt = at + this.#msBetween;
    this.#nextRequestAt = Math.max(now, this.#nextRequestAt) + requests * this.#msBetween;
    this.#number += 1;
    const number = this.#number;
    if (at > now) await sleep(at - now);
    return {
      // Not the path of a page, and of the length that the rows are calculated with.
      path: `/odd/${this.#run}-${number}-`.padEnd(PATH_BYTES, 'x'),
      product: (number % PRODUCTS) + 1,
    };
  }
}

/** Sends the requests to an entry. Returns the differences from the expected outcomes, a line each. */
export async function findUnexpected(
  entry: Entry,
  requests: readonly OddRequest[],
  pacer: RequestPacer,
): Promise<readonly string[]> {
  const found = await mapLimited(requests, AT_A_TIME, async (request) => {
    const conversation = await pacer.take(countedOf(expectedAt(request, entry.name)));
    const outcome =
      'parts' in request
        ? await sendHttp1(entry, request, conversation)
        : await sendHttp2(entry, request, conversation);
    return judge(request, entry, outcome).map((line) => `${request.name}: ${line}`);
  });
  return found.flat();
}

/** Number of requests that count towards a limit. Requests that the parser refuses do not reach a rule. */
function countedOf({ answers, ends, isBuiltIn }: Expected): number {
  const odd = isBuiltIn ? 0 : answers.filter((answer) => Number(answer) >= 200).length;
  return odd + (ends ? 0 : 1);
}

/** Number of these requests that must reach the application. */
export function reachesOf(entry: Entry, requests: readonly OddRequest[]): number {
  return requests.reduce((sum, request) => sum + expectedAt(request, entry.name).reaches, 0);
}

/** The differences of an outcome from the expected one. */
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
