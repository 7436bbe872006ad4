import type { ExecResult, Hosts, HostState } from '../../kit/hosts.ts';

/** Hosts in memory, for tests. `calls` lists the operations on them. */
export interface FakeHosts extends Hosts {
  readonly calls: readonly string[];
  readonly states: Map<string, HostState>;
}

interface FakeHostsOptions {
  readonly names: readonly string[];
  /** Address of a host on each network. */
  readonly networks?: (host: string) => Readonly<Record<string, string>>;
  /** Called before each operation other than `exec`, for example with `start app1`; may throw. */
  readonly before?: (call: string) => void;
  readonly exec?: (host: string, argv: readonly string[]) => ExecResult;
}

export function fakeHosts(options: FakeHostsOptions): FakeHosts {
  const { networks = () => ({}), before = () => undefined } = options;
  const calls: string[] = [];
  const states = new Map(options.names.map((host) => [host, healthyState(host, networks(host))]));
  const change = async (
    call: string,
    host: string,
    update: (state: HostState) => Partial<HostState>,
  ): Promise<void> => {
    await Promise.resolve();
    calls.push(call);
    before(call);
    const state = states.get(host);
    if (state !== undefined) states.set(host, { ...state, ...update(state) });
  };
  return {
    calls,
    states,
    list: () => Promise.resolve(new Map(states)),
    state: (host) => Promise.resolve(states.get(host)),
    kill: (host) => change(`kill ${host}`, host, () => ({ running: false, pid: 0, health: 'none' })),
    stop: (host) => change(`stop ${host}`, host, () => ({ running: false, pid: 0, health: 'none' })),
    start: (host) => change(`start ${host}`, host, () => ({ running: true, pid: 2_000, health: 'healthy' })),
    remove: async (host) => {
      await change(`remove ${host}`, host, () => ({}));
      states.delete(host);
    },
    pause: (host) => change(`pause ${host}`, host, () => ({ paused: true })),
    unpause: (host) => change(`unpause ${host}`, host, () => ({ paused: false })),
    disconnect: (host, network) =>
      change(`disconnect ${host} ${network}`, host, (state) => ({
        networks: Object.fromEntries(Object.entries(state.networks).filter(([name]) => name !== network)),
      })),
    connect: (host, { network, address }) =>
      change(`connect ${host} ${network} ${address}`, host, (state) => ({
        networks: { ...state.networks, [network]: address },
      })),
    exec: (host, argv) => {
      calls.push(`exec ${host} ${argv.join(' ')}`);
      return Promise.resolve(options.exec?.(host, argv) ?? { code: 0, stdout: '', stderr: '' });
    },
  };
}

function healthyState(host: string, networks: Readonly<Record<string, string>>): HostState {
  return {
    ...{ host, running: true, paused: false, health: 'healthy', startedAt: '', pid: 1_000, networks },
    imageId: 'sha256:0',
    labels: {},
    limits: { memoryBytes: 0, cpus: undefined },
  };
}
