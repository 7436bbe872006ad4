import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { startSession } from '../shop/session.ts';
import { idOf } from './parameters.ts';
import { placeOrder, type OrderOutcome } from './place-order.ts';
import { findProduct } from './find-product.ts';
import type { ShopServices } from './shop-services.ts';
import { setOwnWriteCookie, setSessionCookie, markStale, setCaching, visitorOf } from './visitor.ts';

const loginSchema = z.object({ email: z.string().max(120), password: z.string().max(200) });
const listSchema = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

const STATUS: Readonly<Record<Exclude<OrderOutcome['kind'], 'rejected'>, number>> = {
  created: 201,
  replayed: 200,
  'key-conflict': 422,
  invalid: 400,
};

/** The JSON API of the shop. */
export function addApiRoutes(app: FastifyInstance, services: ShopServices): void {
  const { signer, users, sessionStates, orders, products, ownWriteSeconds } = services;

  app.get('/api/products/:id', async (request, reply) => {
    const visitor = visitorOf(request, signer);
    const { product, isStale } = await findProduct(products, idOf(request.params), visitor);
    setCaching(reply, visitor);
    markStale(reply, isStale);
    return product ?? (await reply.code(404).send({ error: 'there is no such product' }));
  });

  app.post('/api/login', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const login = loginSchema.safeParse(request.body);
    if (!login.success) return await reply.code(400).send({ error: z.prettifyError(login.error) });
    const user = await users.authenticate(login.data.email, login.data.password);
    if (user === undefined) return await reply.code(401).send({ error: 'no such user, or another password' });
    const session = startSession(user.id, Date.now());
    void sessionStates.begin(session, new Date());
    setSessionCookie(request, reply, { session, signer });
    return { userId: user.id, name: user.name };
  });

  app.get('/api/session', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { session } = visitorOf(request, signer);
    if (session === undefined) return await reply.code(401).send({ error: 'not signed in' });
    const state = await sessionStates.read(session);
    // `state` is null while the cache is down; the session itself does not depend on it.
    return { userId: session.userId, expiresAt: session.expiresAt, state: state ?? null };
  });

  app.post('/api/orders', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { session } = visitorOf(request, signer);
    if (session === undefined) return await reply.code(401).send({ error: 'not signed in' });
    const { userId } = session;
    const idempotencyKey = request.headers['idempotency-key'];
    const outcome = await placeOrder(services, { userId, idempotencyKey, body: request.body });
    if (outcome.kind === 'rejected') return await reply.code(outcome.status).send({ error: outcome.problem });
    reply.code(STATUS[outcome.kind]);
    switch (outcome.kind) {
      case 'invalid':
        return { error: outcome.problem };
      case 'key-conflict':
        return { error: 'this Idempotency-Key was used for another order' };
      case 'created':
      case 'replayed':
        setOwnWriteCookie(request, reply, { userId, gtids: outcome.gtids, signer, ownWriteSeconds });
        return outcome.order;
    }
  });

  app.get('/api/orders', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { session, ownWrite } = visitorOf(request, signer);
    if (session === undefined) return await reply.code(401).send({ error: 'not signed in' });
    const range = listSchema.safeParse(request.query);
    if (!range.success) return await reply.code(400).send({ error: z.prettifyError(range.error) });
    const list = await orders.list({ userId: session.userId, ...range.data }, ownWrite);
    markStale(reply, list.isStale);
    return { orders: list.orders };
  });

  app.get('/api/orders/:id', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { session, ownWrite } = visitorOf(request, signer);
    if (session === undefined) return await reply.code(401).send({ error: 'not signed in' });
    const found = await orders.byId(session.userId, idOf(request.params), ownWrite);
    if (found === undefined) return await reply.code(404).send({ error: 'there is no such order of yours' });
    markStale(reply, found.isStale);
    return { ...found.order, items: found.lines };
  });
}
