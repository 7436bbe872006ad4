import { expect, it } from 'vitest';
import { parseSocketDrops } from './socket-drops.ts';

const TEXT = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            
 5934: 02C812C6:C5FD 09C812C6:4C3A 01 00034000:00000000 00:00000000 00000000 65534        0 523643 2 00000000d941e5ff 7        
 9025: 0100007F:252A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 521528 2 000000006750c274 42        
 9026: 00000000:252A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 521529 2 000000006750c275 3        
`;

it.each([
  ['127.0.0.1', 9514, 42],
  ['0.0.0.0', 9514, 3],
  ['198.18.200.2', 50_685, 7],
  ['198.18.200.2', 9514, undefined],
])('%s:%i has dropped %s', (address, port, drops) => {
  expect(parseSocketDrops(TEXT, { address, port })).toBe(drops);
});

it.each(['', 'garbage', 'a\nb c d\n'])('an invalid table has no drops: %j', (text) => {
  expect(parseSocketDrops(text, { address: '0.0.0.0', port: 1 })).toBeUndefined();
});
