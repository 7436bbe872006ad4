import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OTHER_ROUTE, PAGE_ROUTES, ROUTE_CLASSES, routeExpressions } from './route-classes.ts';

const expressions = routeExpressions().map(([expression, route]) => [new RegExp(expression), route] as const);

/** The first expression that matches, as in Nginx. */
function classOf(requestUri: string): string {
  return expressions.find(([expression]) => expression.test(requestUri))?.[1] ?? OTHER_ROUTE;
}

it.each([
  ['/', '/'],
  ['/?utm=1', '/'],
  ['/products', '/products'],
  ['/products?page=3', '/products'],
  ['/products/17', '/products/:id'],
  ['/products/17?from=/orders/2', '/products/:id'],
  ['/products/', OTHER_ROUTE],
  ['/products/17/reviews', OTHER_ROUTE],
  ['/api/orders', '/api/orders'],
  ['/api/orders/5', '/api/orders/:id'],
  ['/api/beacons', '/api/beacons'],
  ['/static/app.0123456789.css', '/static/*'],
  ['/static/product/mug.0123456789.svg', '/static/*'],
  ['/favicon.ico', '/favicon.ico'],
  ['/faviconXico', OTHER_ROUTE],
  ['/readyzz', OTHER_ROUTE],
  ['//products', OTHER_ROUTE],
  ['/wp-login.php', OTHER_ROUTE],
  ['', OTHER_ROUTE],
  ['http://elsewhere/products', OTHER_ROUTE],
])('%s is a request for %s', (requestUri, route) => {
  expect(classOf(requestUri)).toBe(route);
});

it('every page route is a route class', () => {
  expect(ROUTE_CLASSES).toEqual(expect.arrayContaining([...PAGE_ROUTES]));
});

it('every path matches at most one route class', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('/', '?', ':', '.', '*', 'products', 'api', 'orders', 'id', '7') }),
      (uri) => {
        expect(expressions.filter(([expression]) => expression.test(uri)).length).toBeLessThanOrEqual(1);
        expect(ROUTE_CLASSES).toContain(classOf(uri));
      },
    ),
  );
});
