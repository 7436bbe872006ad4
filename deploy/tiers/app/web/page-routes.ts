import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { OTHER_ROUTE, PAGE_ROUTES } from '../../../model/route-classes.ts';
import { MAX_PAGE, type Product } from '../shop/products.ts';
import { startSession, type Session } from '../shop/session.ts';
import { findProduct } from './find-product.ts';
import { renderPage, type Page } from './layout.ts';
import { homeBody, loginBody, messageBody, orderBody, ordersBody, productBody, productsBody } from './pages.ts';
import { idOf } from './parameters.ts';
import { placeOrder } from './place-order.ts';
import type { ShopServices } from './shop-services.ts';
import { setOwnWriteCookie, setSessionCookie, markStale, setCaching, clearCookies, visitorOf } from './visitor.ts';

const ORDERS_SHOWN = 50;

const pageSchema = z.object({ page: z.coerce.number().int().min(1).max(MAX_PAGE).catch(1) });
/** Only paths of this shop; `//elsewhere` and `https:` would redirect to other sites. */
const nextSchema = z.object({
  next: z
    .string()
    .regex(/^\/(?![/\\])[\w/?=&.-]*$/)
    .catch('/'),
});
const loginSchema = nextSchema.extend({ email: z.string().max(120), password: z.string().max(200) });
const buySchema = z.object({ productId: z.coerce.number(), quantity: z.coerce.number(), key: z.string() });

/** The pages of the shop. All work without scripts. */
export function addPageRoutes(app: FastifyInstance, services: ShopServices): void {
  addCatalogue(app, services);
  addSignIn(app, services);
  addOrders(app, services);
}

function addCatalogue(app: FastifyInstance, services: ShopServices): void {
  const { signer, products, sessionStates, asset } = services;

  app.get('/', async (request, reply) => {
    const visitor = visitorOf(request, signer);
    const [newest, recent] = await Promise.all([products.newest(), recentlyViewed(services, visitor.session)]);
    setCaching(reply, visitor);
    return sendPage(reply, services, {
      title: 'Things that last',
      body: homeBody(newest, recent, asset),
      isSignedIn: visitor.session !== undefined,
    });
  });

  app.get('/products', async (request, reply) => {
    const visitor = visitorOf(request, signer);
    const { page } = pageSchema.parse(request.query);
    const list = await products.page(page);
    setCaching(reply, visitor);
    return sendPage(reply, services, {
      title: `Products, page ${page}`,
      current: '/products',
      body: productsBody(list, page, asset),
      isSignedIn: visitor.session !== undefined,
    });
  });

  app.get('/products/:id', async (request, reply) => {
    const visitor = visitorOf(request, signer);
    const { session } = visitor;
    const { product, isStale } = await findProduct(products, idOf(request.params), visitor);
    setCaching(reply, visitor);
    markStale(reply, isStale);
    const isSignedIn = session !== undefined;
    if (product === undefined) {
      const body = messageBody('There is no such product', 'It may have been taken out of the catalogue.');
      return sendPage(reply.code(404), services, { title: 'Not found', body, isSignedIn });
    }
    if (session !== undefined) void sessionStates.noteProduct(session, product.id, new Date());
    const body = productBody(product, isSignedIn ? randomUUID() : undefined, asset);
    return sendPage(reply, services, { title: product.name, current: '/products', body, isSignedIn });
  });
}

function addSignIn(app: FastifyInstance, services: ShopServices): void {
  const { signer, users, sessionStates } = services;

  app.get('/login', (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { next } = nextSchema.parse(request.query);
    return sendPage(reply, services, {
      title: 'Sign in',
      current: '/login',
      body: loginBody(next, false),
      isSignedIn: false,
    });
  });

  app.post('/login', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const login = loginSchema.safeParse(request.body);
    const user = login.success ? await users.authenticate(login.data.email, login.data.password) : undefined;
    const next = login.success ? login.data.next : '/';
    if (user === undefined) {
      const body = loginBody(next, true);
      return sendPage(reply.code(401), services, { title: 'Sign in', current: '/login', body, isSignedIn: false });
    }
    const session = startSession(user.id, Date.now());
    void sessionStates.begin(session, new Date());
    setSessionCookie(request, reply, { session, signer });
    return await reply.redirect(next, 303);
  });

  app.post('/logout', async (request, reply) => {
    const { session } = visitorOf(request, signer);
    if (session !== undefined) void sessionStates.end(session);
    clearCookies(request, reply);
    return await reply.redirect('/', 303);
  });
}

function addOrders(app: FastifyInstance, services: ShopServices): void {
  const { signer, orders, ownWriteSeconds } = services;

  app.get('/orders', async (request, reply) => {
    const { session, ownWrite } = visitorOf(request, signer);
    reply.header('cache-control', 'private, no-store');
    if (session === undefined) return await reply.redirect('/login?next=/orders', 303);
    const list = await orders.latest(session.userId, ORDERS_SHOWN, ownWrite);
    markStale(reply, list.isStale);
    const body = ordersBody(list.orders, list.isStale);
    return sendPage(reply, services, { title: 'My orders', current: '/orders', body, isSignedIn: true });
  });

  app.get('/orders/:id', async (request, reply) => {
    const { session, ownWrite } = visitorOf(request, signer);
    reply.header('cache-control', 'private, no-store');
    if (session === undefined) return await reply.redirect('/login?next=/orders', 303);
    const found = await orders.byId(session.userId, idOf(request.params), ownWrite);
    if (found === undefined) {
      const body = messageBody('There is no such order', 'At least none of yours.');
      return sendPage(reply.code(404), services, { title: 'Not found', body, isSignedIn: true });
    }
    markStale(reply, found.isStale);
    const body = orderBody(found.order, found.lines, found.isStale);
    return sendPage(reply, services, {
      title: `Order ${found.order.orderId}`,
      current: '/orders',
      body,
      isSignedIn: true,
    });
  });

  app.post('/orders', async (request, reply) => {
    const { session } = visitorOf(request, signer);
    reply.header('cache-control', 'private, no-store');
    if (session === undefined) return await reply.redirect('/login', 303);
    const form = buySchema.safeParse(request.body);
    const { userId } = session;
    const outcome = await placeOrder(services, {
      userId,
      idempotencyKey: form.data?.key,
      body: { items: [{ productId: form.data?.productId, quantity: form.data?.quantity }] },
    });
    if (outcome.kind === 'created' || outcome.kind === 'replayed') {
      setOwnWriteCookie(request, reply, { userId, gtids: outcome.gtids, signer, ownWriteSeconds });
      return await reply.redirect(`/orders/${outcome.order.orderId}`, 303);
    }
    const problem =
      outcome.kind === 'key-conflict' ? 'This form was sent before with other contents.' : outcome.problem;
    const body = messageBody('The order was not placed', problem);
    return sendPage(reply.code(422), services, { title: 'Not placed', body, isSignedIn: true });
  });
}

/** Recently viewed products of the session; empty while the cache is down. */
async function recentlyViewed(
  { sessionStates, products }: ShopServices,
  session: Session | undefined,
): Promise<readonly Product[]> {
  if (session === undefined) return [];
  const ids = (await sessionStates.read(session))?.recentProductIds ?? [];
  const found = await Promise.all(ids.map((id) => products.byId(id)));
  return found.filter((product) => product !== undefined);
}

function sendPage(reply: FastifyReply, { asset }: ShopServices, page: Omit<Page, 'route'>): FastifyReply {
  const route = PAGE_ROUTES.find((one) => one === reply.request.routeOptions.url) ?? OTHER_ROUTE;
  return reply.type('text/html; charset=utf-8').send(renderPage({ ...page, route }, asset));
}
