import { chooseProduct, chooseUser } from './choice.ts';
import { TIMEOUT_SECONDS } from './plan.ts';
import { jsonOf, orderIdOf, send, type Answer, type RequestSpec, type Sender } from './send.ts';

/** The name of the session's cookie. */
const SESSION_COOKIE = 'hf_session';

export function requestHome(sender: Sender): Answer | undefined {
  return requestPage(sender, '/');
}

export function requestList(sender: Sender, page: number): void {
  requestPage(sender, `/products?page=${page}`);
}

function requestPage(sender: Sender, path: string): Answer | undefined {
  return send(sender, { kind: 'page', ...read(path), check: checkHtml });
}

export function requestProduct(sender: Sender, id: number, as: 'html' | 'json'): void {
  if (as === 'html') {
    send(sender, { kind: 'product', ...read(`/products/${id}`), check: checkHtml });
    return;
  }
  send(sender, {
    kind: 'product',
    ...read(`/api/products/${id}`),
    check: (answer) => expectStatus(answer, [200]) ?? (jsonOf(answer)['id'] === id ? undefined : 'not this product'),
  });
}

export function requestStatic(sender: Sender, path: string): void {
  send(sender, { kind: 'static', ...read(path), keepBody: false, check: (answer) => expectStatus(answer, [200]) });
}

/** Logs a user in. Returns the session, or undefined. */
export function logIn(sender: Sender, iteration: number, key: string): string | undefined {
  const answer = send(sender, {
    kind: 'login',
    method: 'POST',
    path: '/api/login',
    body: JSON.stringify({ email: `user${chooseUser(iteration)}@shop.test`, password: 'holdfast' }),
    // The load balancer retries only POSTs with a key on another server.
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    timeoutSeconds: TIMEOUT_SECONDS.login,
    keepBody: true,
    check: (given) => expectStatus(given, [200]) ?? (sessionOf(given) === undefined ? 'no session' : undefined),
  });
  return answer === undefined ? undefined : sessionOf(answer);
}

export interface Order {
  /** Its Idempotency-Key. */
  readonly key: string;
  /** Decides what is ordered. */
  readonly iteration: number;
}

/** Places an order of one product. Returns its ID, or undefined. */
export function placeOrder(sender: Sender, session: string, order: Order): string | undefined {
  const answer = send(sender, {
    ...orderRequest(session, order),
    key: order.key,
    check: (given) => expectStatus(given, [201, 200]) ?? (orderIdOf(given) === undefined ? 'no order id' : undefined),
  });
  return orderIdOf(answer);
}

/** Repeats a placed order: the shop must return the same order and not place another one. */
export function repeatOrder(sender: Sender, session: string, order: Order & { readonly orderId: string }): void {
  send(sender, {
    ...orderRequest(session, order),
    check: (given) =>
      expectStatus(given, [200]) ?? (orderIdOf(given) === order.orderId ? undefined : 'a second order was made'),
  });
}

function orderRequest(session: string, order: Order): Omit<RequestSpec, 'check'> {
  return {
    kind: 'order',
    method: 'POST',
    path: '/api/orders',
    body: JSON.stringify({ items: [{ productId: chooseProduct(order.iteration), quantity: 1 }] }),
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': order.key },
    cookies: { [SESSION_COOKIE]: session },
    timeoutSeconds: TIMEOUT_SECONDS.order,
    keepBody: true,
  };
}

/** Reads an order that this session has just placed. Not found is a failure, independent of replication lag. */
export function readOwnOrder(sender: Sender, session: string, orderId: string): void {
  send(sender, {
    kind: 'order-read',
    ...read(`/api/orders/${orderId}`),
    cookies: { [SESSION_COOKIE]: session },
    check: (answer) => expectStatus(answer, [200]) ?? (orderIdOf(answer) === orderId ? undefined : 'not this order'),
  });
}

/** The paths of the static files that a page refers to. */
export function staticPathsOf(page: Answer | undefined): readonly string[] {
  const html = typeof page?.body === 'string' ? page.body : '';
  return [...new Set([...html.matchAll(/["'](\/static\/[^"'?#]+)/g)].flatMap((match) => match[1] ?? []))];
}

function read(path: string): { method: 'GET'; path: string; timeoutSeconds: number; keepBody: boolean } {
  return { method: 'GET', path, timeoutSeconds: TIMEOUT_SECONDS.read, keepBody: true };
}

function checkHtml(answer: Answer): string | undefined {
  const whole = typeof answer.body === 'string' && answer.body.includes('</html>');
  return expectStatus(answer, [200]) ?? (whole ? undefined : 'the page is not whole');
}

function expectStatus(answer: Answer, expected: readonly number[]): string | undefined {
  return expected.includes(answer.status) ? undefined : `status ${answer.status}`;
}

function sessionOf(answer: Answer): string | undefined {
  return answer.cookies[SESSION_COOKIE]?.[0]?.value;
}
