import { expect, it } from 'vitest';
import { siteNames } from '../../model/site.ts';
import { makeTopology } from '../../model/topology.ts';
import { parsePurgePath } from './purge.ts';

const NAMES = siteNames(makeTopology());

it.each([
  ['/products', '/products'],
  ['/products?page=2', '/products?page=2'],
  ['http://127.0.0.1:8081/products/7?a=1#part', '/products/7?a=1'],
  ['https://shop.test', '/'],
  ['/a b', '/a%20b'],
])('%s is purged as the path %s', (text, path) => {
  expect(parsePurgePath(text, NAMES)).toBe(path);
});

it.each([
  '',
  'products',
  '//evil.test/x',
  'ftp://shop.test/x',
  '*',
  'http://example.com/products',
  '/a\nb',
  '/a\u0000',
])('%j is rejected', (text) => {
  expect(parsePurgePath(text, NAMES)).toBeUndefined();
});
