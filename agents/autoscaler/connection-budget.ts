import type { Settings } from './settings.ts';

/** Hosts whose connections the database accepts, beside the reserve for agents and operators. */
export function mostHosts({ perHost, serverLimit, reserve }: Settings['connections']): number {
  return Math.max(0, Math.floor((serverLimit - reserve) / perHost));
}
