/**
 * What the site serves, by pattern: the values of the label `route` wherever requests are counted. The application's are the patterns that it
 * registers (a test compares both ways), so that its metrics and those of the tiers before it can be laid side by side.
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

/** Those that Nginx serves by itself; the application knows nothing of them. */
export const STATIC_PATTERNS: readonly string[] = ['/static/*', '/favicon.ico'];

/** A request for anything else. */
export const OTHER_ROUTE = 'other';

/** Those that are pages, which browsers show and tell of; any other page is {@link OTHER_ROUTE}. */
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

/** The methods that the site answers; any other is {@link OTHER_METHOD}, so that who tries them all makes few series. */
export const METHODS = ['GET', 'HEAD', 'POST'] as const;
export const OTHER_METHOD = 'OTHER';

/** Regular expressions over the path and query of a request line, as they were sent, with the class of what they match. */
export function routeExpressions(): readonly (readonly [expression: string, route: string])[] {
  return ROUTE_PATTERNS.map((pattern) => {
    const path = pattern.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/?]+').replaceAll('*', '[^?]*');
    return [`^${path}(\\?|$)`, pattern];
  });
}
