import type { Orders } from '../shop/orders.ts';
import type { Products } from '../shop/products.ts';
import type { SessionStates } from '../shop/session-state.ts';
import type { Signer } from '../shop/token.ts';
import type { Users } from '../shop/users.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { AssetPath } from './layout.ts';

/** Dependencies of the shop's routes. */
export interface ShopServices {
  readonly products: Products;
  readonly orders: Orders;
  readonly users: Users;
  readonly sessionStates: SessionStates;
  readonly signer: Signer;
  /** How long reads of a session must see its last write. */
  readonly ownWriteSeconds: number;
  readonly metrics: Metrics;
  readonly asset: AssetPath;
}
