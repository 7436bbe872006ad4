/** Decides whether to use, start or install the Docker engine of a machine. Pure. */

/** Facts about Docker, read by {@link ./read-engine.ts}. Versions as printed (`28.5.2+dfsg4`); undefined if the program does not respond. */
export interface EngineFacts {
  readonly engineVersion: string | undefined;
  readonly composeVersion: string | undefined;
  readonly buildxVersion: string | undefined;
  /** The client's error if the engine did not respond, otherwise empty. */
  readonly connectError: string;
  readonly clientInstalled: boolean;
  readonly daemonInstalled: boolean;
  /** Whether the daemon is Debian's own package, so that its plugins can be installed from Debian. */
  readonly daemonFromDebian: boolean;
  /** Set if the client uses another machine (DOCKER_HOST, or a context other than `default`). */
  readonly remote: string | undefined;
  readonly platform: NodeJS.Platform;
  readonly distribution: string;
  readonly codename: string;
  readonly isRoot: boolean;
  readonly systemd: boolean;
}

export type EngineDecision =
  | { readonly kind: 'use'; readonly warnings: readonly string[] }
  | { readonly kind: 'start'; readonly how: 'systemd' | 'by-hand' }
  | { readonly kind: 'install' }
  | { readonly kind: 'refuse'; readonly message: string; readonly fix: string };

/** Health checks use `start_interval`, new in engine 25 and Compose 2.24. */
export const MIN_ENGINE = [25, 0] as const;
export const MIN_COMPOSE = [2, 24] as const;
/** Engine 26 renames a network interface when a network is reconnected, which breaks keepalived. Engine 28 keeps the name. */
const KEEPS_INTERFACE_NAMES = [28, 0] as const;
/** Debian releases on which the newer engine was tested to install without upgrading any package. */
const INSTALLABLE: readonly string[] = ['bookworm', 'trixie'];

/** True if `version` (such as `v2.40.3-3`) is `minimum` or later; false if it is not a version. */
export function isAtLeast(version: string, minimum: readonly [major: number, minor: number]): boolean {
  const match = /(\d+)\.(\d+)/.exec(version);
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > minimum[0] || (major === minimum[0] && minor >= minimum[1]);
}

/** Decides: use the engine, start it, install it, or refuse with a fix for the user. */
export function decideEngine(facts: EngineFacts): EngineDecision {
  if (facts.engineVersion !== undefined) return decideReachable(facts, facts.engineVersion);
  if (facts.remote !== undefined) {
    return refuse(
      `The Docker engine at ${facts.remote} does not respond.`,
      'Start it there, or unset DOCKER_HOST and run `docker context use default` to use the one of this machine.',
    );
  }
  if (/permission denied/i.test(facts.connectError)) {
    return refuse(
      'This user has no permission to use the Docker engine.',
      'Run `sudo usermod -aG docker "$USER"`, log in again, and repeat the command.',
    );
  }
  if (facts.platform !== 'linux') {
    return refuse(
      'The Docker engine does not respond.',
      'Install Docker Desktop (or start it), and repeat the command.',
    );
  }
  if (facts.daemonInstalled && facts.clientInstalled) {
    if (facts.isRoot) return { kind: 'start', how: facts.systemd ? 'systemd' : 'by-hand' };
    return refuse(
      'The Docker engine is installed but does not run.',
      facts.systemd ? 'Run `sudo systemctl start docker`.' : 'Start dockerd as root, or repeat the command as root.',
    );
  }
  return decideInstall(facts);
}

function decideReachable(facts: EngineFacts, engine: string): EngineDecision {
  if (!isAtLeast(engine, MIN_ENGINE)) {
    return refuse(
      `Docker engine ${engine} is too old: ${MIN_ENGINE.join('.')} or later is needed.`,
      'Upgrade it from its original source; 28 or later is recommended.',
    );
  }
  const missing = missingPlugins(facts);
  if (missing.length > 0) {
    if (facts.daemonFromDebian && canInstall(facts)) return { kind: 'install' };
    return refuse(
      `The Docker client lacks ${missing.join(' and ')}.`,
      'Install the packages docker-compose-plugin and docker-buildx-plugin from the source of the engine.',
    );
  }
  const warnings = isAtLeast(engine, KEEPS_INTERFACE_NAMES)
    ? []
    : [
        `Docker engine ${engine} renames network interfaces when a host is cut off and connected again; load balancers may not get their address back before a restart. 28 or later keeps them.`,
      ];
  return { kind: 'use', warnings };
}

/** Names missing client plugins with their minimum versions. */
export function missingPlugins(facts: Pick<EngineFacts, 'composeVersion' | 'buildxVersion'>): readonly string[] {
  const composeFits = facts.composeVersion !== undefined && isAtLeast(facts.composeVersion, MIN_COMPOSE);
  return [
    ...(composeFits ? [] : [`Compose ${MIN_COMPOSE.join('.')} or later`]),
    ...(facts.buildxVersion === undefined ? ['buildx'] : []),
  ];
}

function canInstall(facts: EngineFacts): boolean {
  return (
    facts.platform === 'linux' &&
    facts.distribution === 'debian' &&
    INSTALLABLE.includes(facts.codename) &&
    facts.isRoot
  );
}

function decideInstall(facts: EngineFacts): EngineDecision {
  if (canInstall(facts)) return { kind: 'install' };
  const debian = facts.distribution === 'debian' && INSTALLABLE.includes(facts.codename);
  return refuse(
    'There is no Docker engine on this machine.',
    debian
      ? 'Repeat the command as root to have it installed from Debian, or install Docker Engine 28 with Compose and buildx.'
      : 'Install Docker Engine 28 or later with the Compose and buildx plugins (docs.docker.com/engine/install), and start it.',
  );
}

function refuse(message: string, fix: string): EngineDecision {
  return { kind: 'refuse', message, fix };
}
