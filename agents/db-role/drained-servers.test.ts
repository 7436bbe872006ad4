import { describe, expect, it } from 'vitest';
import { parseServerStates } from '../../kit/haproxy-server-states.ts';
import { decideDrains } from './drained-servers.ts';

/** A reply of HAProxy 3.0: web1 is drained by command, app3 is a standby slot, db1 is in maintenance by the role agent. */
const REPLY = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight
8 web 1 web1 198.18.1.31 2 8 1 1 10 6 3 4 6 0 0 0 - 8080 - 0 0 - - 0
8 web 2 web2 198.18.1.32 2 0 1 1 10 6 3 4 6 0 0 0 - 8080 - 0 0 - - 0
12 app-pool 1 app1 198.18.1.41 2 0 1 1 10 6 3 4 6 0 0 0 - 3000 - 0 0 - - 0
12 app-pool 3 app3 198.18.1.43 0 5 1 1 10 6 3 4 6 0 0 0 - 3000 - 0 0 - - 0
13 db-read 1 db1 198.18.2.51 0 1 1 1 10 6 3 4 6 0 0 0 - 3306 - 0 0 - - 0
`;

describe('drained servers', () => {
  it('drains a host that is not drained yet', () => {
    expect(decideDrains(parseServerStates(REPLY), new Set(['web1', 'app1']))).toEqual([
      'set server app-pool/app1 state drain',
    ]);
  });

  it('returns a host that is no longer drained', () => {
    expect(decideDrains(parseServerStates(REPLY), new Set())).toEqual(['set server web/web1 state ready']);
  });

  it('does nothing for standby slots and database routes', () => {
    expect(decideDrains(parseServerStates(REPLY), new Set(['web1', 'app3', 'db1']))).toEqual([]);
  });

  it('ignores an error message of HAProxy', () => {
    expect(parseServerStates("Can't find backend.\n")).toEqual([]);
  });
});
