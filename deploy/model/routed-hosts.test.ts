import { expect, it } from 'vitest';
import { parseRoutedHosts } from './routed-hosts.ts';

it('returns the hosts that a route currently uses, and no others', () => {
  const csv = `# pxname,svname,qcur,status,weight
db-write,FRONTEND,,OPEN,
db-write,db1,0,UP,1
db-write,db2,0,MAINT,1
db-write,BACKEND,0,UP,1
db-read,db1,0,DOWN (agent),1
db-read,db2,0,no check,1
db-read,db3,0,UP,1
cache,cache1,0,UP,1
cache,cache1-alone,0,UP,1
cache,cache2,0,DOWN,1
app-pool,app1,0,UP,1
`;
  expect([...parseRoutedHosts(csv)]).toEqual([
    ['db1', ['db-write']],
    ['db2', ['db-read']],
    ['db3', ['db-read']],
    ['cache1', ['cache']],
  ]);
});

it('returns no hosts for an empty response', () => {
  expect([...parseRoutedHosts('')]).toEqual([]);
});
