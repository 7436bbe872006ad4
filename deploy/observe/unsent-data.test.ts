import { expect, it } from 'vitest';
import { parseUnsentData } from './unsent-data.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0A0012C6:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 2719 1 0000000000000000 100 0 0 10 0
   1: 0A0012C6:0050 5A0012C6:DBCA 01 00024E00:00000000 01:00000014 00000000   101        0 2720 3 0000000000000000 20 4 30 10 -1
   2: 0A0012C6:0050 5A0012C6:DBCB 04 00000002:00000000 01:00000014 00000000     0        0 0 3 0000000000000000 20 4 30 10 -1
   3: 0A0012C6:0050 5A0012C6:DBCC 01 00000000:00000040 00:00000000 00000000   101        0 2721 1 0000000000000000 20 4 30 10 -1
   4: 0A0012C6:0050 5A0012C6:DBCD 06 00000001:00000000 03:00000014 00000000     0        0 0 3 0000000000000000
   6: 0A0012C6:0050 5A0012C6:DBCF 09 00000001:00000000 01:00000014 00000000     0        0 0 3 0000000000000000 20 4 30 10 -1
   5: 0B0012C6:0050 5A0012C6:DBCE 01 00000100:00000000 01:00000014 00000000   101        0 2722 3 0000000000000000 20 4 30 10 -1
`;

it('names the remote ends of connections with unacknowledged data, also of closed ones, but not of those that lack only their end', () => {
  const found = parseUnsentData(TABLE, (address, port) => address === '198.18.0.10' && port === 80);
  expect([...found]).toEqual(['198.18.0.90:56266', '198.18.0.90:56267']);
});

it('selects connections by their local address', () => {
  expect([...parseUnsentData(TABLE, (address) => address === '198.18.0.11')]).toEqual(['198.18.0.90:56270']);
  expect([...parseUnsentData(TABLE, (_, port) => port === 443)]).toEqual([]);
});
