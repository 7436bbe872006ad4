import { expect, it } from 'vitest';
import { parseReplication } from './cache-replication.ts';

it.each([
  [
    'a primary with an online replica and one that synchronizes',
    'role:master\r\nconnected_slaves:2\r\nslave0:ip=198.18.2.62,port=6379,state=online,offset=1,lag=0\r\nslave1:ip=198.18.2.63,port=6379,state=wait_bgsave,offset=0,lag=0\r\nmaster_repl_offset:70\r\n',
    { role: 'primary', replicas: 1, isSynchronized: false, offset: 70 },
  ],
  [
    'a synchronized replica',
    'role:slave\r\nmaster_link_status:up\r\nmaster_sync_in_progress:0\r\nslave_repl_offset:42\r\nmaster_repl_offset:43\r\n',
    { role: 'replica', replicas: 0, isSynchronized: true, offset: 42 },
  ],
  [
    'a replica whose primary is down',
    'role:slave\r\nmaster_link_status:down\r\nmaster_sync_in_progress:0\r\n',
    { role: 'replica', replicas: 0, isSynchronized: false, offset: NaN },
  ],
  ['an error', 'NOAUTH Authentication required.\n', undefined],
])('%s', (_what, text, expected) => {
  expect(parseReplication(text)).toEqual(expected);
});
