import exec from 'k6/execution';
import { sleep } from 'k6';
import { choose, chooseStep } from './choice.ts';
import { ORDERS_PER_OWN_READ } from './plan.ts';
import type { Sender } from './send.ts';
import type { Settings } from './settings.ts';
import {
  requestHome,
  requestList,
  requestProduct,
  requestStatic,
  logIn,
  placeOrder,
  readOwnOrder,
  staticPathsOf,
} from './shop.ts';

/** Data that setup passes to every virtual user. */
export interface Prepared {
  readonly staticPaths: readonly string[];
  readonly sessions: readonly string[];
}

const SESSION_COUNT = 20;
const TRIES = 20;

/** Finds the static files and logs some users in. Throws when the shop does not answer, because no load is possible then. */
export function prepare(settings: Settings): Prepared {
  const target = choose(settings.targets, 0);
  const sender: Sender = { scenario: 'setup', iteration: 0, target, connection: 'kept' };
  const staticPaths = retry('no page with static files', () => {
    const found = staticPathsOf(requestHome(sender));
    return found.length > 0 ? found : undefined;
  });
  const sessions = Array.from({ length: SESSION_COUNT }, (_, index) =>
    retry('no login succeeded', () => logIn(sender, index, `${settings.runId}-setup-${index}`)),
  );
  return { staticPaths, sessions };
}

function retry<T>(failure: string, attempt: () => T | undefined): T {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const result = attempt();
    if (result !== undefined) return result;
    sleep(0.5);
  }
  throw new Error(`${failure} after ${TRIES} tries`);
}

/** One visit of a reader. */
export function browse(settings: Settings, prepared: Prepared): void {
  const sender = makeSender(settings);
  const { iteration } = sender;
  const step = chooseStep(iteration);
  if (step.what === 'home') requestHome(sender);
  else if (step.what === 'list') requestList(sender, step.page);
  else if (step.what === 'product') requestProduct(sender, step.id, step.as);
  else requestStatic(sender, choose(prepared.staticPaths, step.index));
}

/** One login. */
export function login(settings: Settings): void {
  const sender = makeSender(settings);
  const { iteration } = sender;
  logIn(sender, iteration, `${settings.runId}-${sender.scenario}-${iteration}`);
}

/** This virtual user's own session, once the one from setup has been refused. */
let ownSession: string | undefined;

/** One order; every third is read back by its session at once. */
export function order(settings: Settings, prepared: Prepared): void {
  const sender = makeSender(settings);
  const { iteration } = sender;
  // Two scenarios place orders: even numbers for the one, odd ones for the other.
  const number = iteration * 2 + (sender.connection === 'new' ? 0 : 1);
  const session = ownSession ?? choose(prepared.sessions, exec.vu.idInTest);
  const orderId = placeOrder(sender, session, { key: `${settings.runId}-${number}`, iteration: number });
  if (orderId === undefined) {
    // After any failure, log in again: a lost session must not make every following order fail.
    ownSession = logIn(sender, number, `${settings.runId}-again-${number}`);
    return;
  }
  if (iteration % ORDERS_PER_OWN_READ === 0) readOwnOrder(sender, session, orderId);
}

function makeSender(settings: Settings): Sender {
  const { name, iterationInTest: iteration } = exec.scenario;
  return {
    scenario: name,
    iteration,
    target: choose(settings.targets, iteration),
    connection: name.endsWith('-new') ? 'new' : 'kept',
  };
}
