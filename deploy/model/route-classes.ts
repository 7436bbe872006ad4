/**
 * Route patterns of the site: the values of the label `route` of all request metrics. They equal the patterns that the application registers
 * (a test compares both ways), so that its metrics can be compared with those of the tiers in front of it.
 */
const ROUTE_PATTERNS = [
  '/',
  '/static/*',
  '/favicon.ico',
  '/products',
  '/products/:id',
  '/login',
  '/logout',
  '/orders',
  '/orders/:id',
  '/api/products/:id',
  '/api/login',
  '/api/session',
  '/api/orders',
  '/api/orders/:id',
  '/api/beacons',
  '/livez',
  '/readyz',
] as const;

/** Patterns that Nginx serves itself, without the application. */
export const STATIC_PATTERNS: readonly string[] = ['/static/*', '/favicon.ico'];

/** The route class of all other requests. */
export const OTHER_ROUTE = 'other';

/** Pages for which browsers send RUM beacons; any other page is {@link OTHER_ROUTE}. */
export const PAGE_ROUTES = [
  '/',
  '/products',
  '/products/:id',
  '/login',
  '/orders',
  '/orders/:id',
  OTHER_ROUTE,
] as const;

export type PageRoute = (typeof PAGE_ROUTES)[number];

/** Every value of the label `route`. */
export const ROUTE_CLASSES: readonly string[] = [...ROUTE_PATTERNS, OTHER_ROUTE];

/** The methods that the site supports. Any other is {@link OTHER_METHOD}, so that a client cannot create a series per method. */
export const METHODS = ['GET', 'HEAD', 'POST'] as const;
export const OTHER_METHOD = 'OTHER';

/** Regular expressions over the raw path and query of a request line, with their route class. */
export function routeExpressions(): readonly (readonly [expression: string, route: string])[] {
  return ROUTE_PATTERNS.map((pattern) => {
    const path = pattern.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/?]+').replaceAll('*', '[^?]*');
    return [`^${path}(\\?|$)`, pattern];
  });
}
