import type { Tier } from './topology.ts';

/** How a secret is generated. */
type Making =
  | { readonly kind: 'password' }
  | { readonly kind: 'authority' }
  | { readonly kind: 'certificate'; readonly tier: Tier; readonly part: 'certificate' | 'key' | 'both' };

type Reader = Tier | 'grafana';

interface Secret {
  /** File name in `.holdfast/secrets` and in `/run/secrets`. */
  readonly name: string;
  readonly making: Making;
  /** The tiers whose hosts may read it. */
  readonly readers: readonly Reader[];
}

const password = (name: string, ...readers: readonly Reader[]): Secret => ({
  name,
  making: { kind: 'password' },
  readers,
});

/** Every secret of the stack, and the tiers that may read it. */
export const SECRETS: readonly Secret[] = [
  { name: 'ca-cert', making: { kind: 'authority' }, readers: ['lb', 'app', 'db', 'monitor', 'mail'] },
  { name: 'ca-key', making: { kind: 'authority' }, readers: [] },
  { name: 'lb-tls', making: { kind: 'certificate', tier: 'lb', part: 'both' }, readers: ['lb'] },
  { name: 'db-cert', making: { kind: 'certificate', tier: 'db', part: 'certificate' }, readers: ['db'] },
  { name: 'db-key', making: { kind: 'certificate', tier: 'db', part: 'key' }, readers: ['db'] },
  { name: 'mail-cert', making: { kind: 'certificate', tier: 'mail', part: 'certificate' }, readers: ['mail'] },
  { name: 'mail-key', making: { kind: 'certificate', tier: 'mail', part: 'key' }, readers: ['mail'] },
  password('db-app-password', 'db', 'app'),
  password('db-migrate-password', 'db', 'app'),
  password('db-agent-password', 'db', 'lb'),
  password('db-replication-password', 'db'),
  password('db-monitor-password', 'db', 'monitor'),
  password('db-audit-password', 'db'),
  password('db-operator-password', 'db'),
  password('cache-password', 'cache', 'app'),
  password('cache-check-password', 'cache', 'lb'),
  password('cache-peer-password', 'cache'),
  password('cache-monitor-password', 'cache', 'monitor'),
  password('cache-operator-password', 'cache'),
  password('session-key', 'app'),
  password('smtp-password', 'monitor', 'mail'),
  password('grafana-admin-password', 'grafana'),
];

/** Names of the secrets that a tier's hosts may read. */
export function secretsOf(tier: Reader): readonly string[] {
  return SECRETS.filter((secret) => secret.readers.includes(tier)).map((secret) => secret.name);
}
