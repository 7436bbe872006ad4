import { cacheDown, cacheSlow } from './dependency.ts';
import type { Guarantee } from './guarantee.ts';
import { appCrash, dbPrimaryCrash, lbActiveCrash } from './spof.ts';

/** Every promise that `prove` shows, in the order in which it does. */
export const GUARANTEES: readonly Guarantee[] = [lbActiveCrash, appCrash, dbPrimaryCrash, cacheSlow, cacheDown];
