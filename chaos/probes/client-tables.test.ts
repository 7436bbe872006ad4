import { expect, it } from 'vitest';
import { parseClientCounts } from './client-tables.ts';

const SAMPLE = `# table: client-connections, type: ipv6, size:50000, used:2
0x7f9a0cce0c10: key=::ffff:198.18.0.91 use=200 exp=58561 shard=0 conn_rate(10000)=490 conn_cur=200
0x7f9a0cce0c11: key=::ffff:198.18.0.9 use=1 exp=58561 shard=0 conn_rate(10000)=1 conn_cur=1

# table: client-requests, type: ipv6, size:50000, used:1
0x7f9a0c451910: key=::ffff:198.18.0.91 use=23 exp=59991 shard=0 conn_cur=23 http_req_rate(10000)=1000

# table: client-responses, type: ipv6, size:50000, used:0

`;

it('reads the counters of a client, and not those of an address with the same prefix', () => {
  expect(parseClientCounts(SAMPLE, '198.18.0.91')).toEqual({
    connections: 200,
    connectionRate: 490,
    requests: 23,
    requestRate: 1000,
    responses: 0,
  });
  expect(parseClientCounts(SAMPLE, '198.18.0.9')).toMatchObject({ connections: 1, requests: 0 });
});

it('a client that is in no table has counters of 0', () => {
  expect(Object.values(parseClientCounts(SAMPLE, '198.18.0.92'))).toEqual([0, 0, 0, 0, 0]);
});
