import type { StackContext } from '../../deploy/observe/observation.ts';
import { dependenciesOf, addressOn, PORTS, type Host } from '../../deploy/model/topology.ts';
import type { HostState } from '../../kit/hosts.ts';
import { messageOf } from '../../kit/errors.ts';
import { type ProxyState, type ToxiproxyApi, toxiproxyApi } from '../faults/toxiproxy-api.ts';
import type { Undo } from '../faults/undo.ts';
import { REMOVE_ALL, type UnrecordedFault } from './unrecorded-fault.ts';

/** Toxics and disabled proxies of all running consumers. A Toxiproxy that does not answer is reported, too, because its state is unknown. */
export async function findUnrecordedProxies(
  world: StackContext,
  states: ReadonlyMap<string, HostState>,
  recorded: readonly Undo[],
): Promise<readonly UnrecordedFault[]> {
  if (!world.topology.toxiproxy) return [];
  const consumers = world.topology.hosts.filter(
    (host) => dependenciesOf(world.topology, host.tier).length > 0 && isRunning(states.get(host.name)),
  );
  const found = await Promise.all(
    consumers.map(async (host) => {
      const api = toxiproxyApi(apiUrl(host));
      try {
        return findProxyFaults(host.name, { proxies: await api.listProxies(), recorded, api });
      } catch (error) {
        return [{ host: host.name, text: `its proxies cannot be read (${messageOf(error)})`, fix: RESTART }];
      }
    }),
  );
  return found.flat();
}

const RESTART = 'See why with `./holdfast logs`, or start the host again.';

export function isRunning(state: HostState | undefined): boolean {
  return state?.running === true && !state.paused;
}

function apiUrl(host: Host): string {
  return `http://${addressOn(host, 'ops')}:${PORTS.toxiproxy}`;
}

interface ProxyScan {
  readonly proxies: readonly ProxyState[];
  readonly recorded: readonly Undo[];
  readonly api: Pick<ToxiproxyApi, 'removeToxic' | 'setEnabled'>;
}

/** Toxics and disabled proxies of one host, without those that the journal will revert. */
export function findProxyFaults(host: string, { proxies, recorded, api }: ProxyScan): readonly UnrecordedFault[] {
  return proxies.flatMap((proxy) => {
    const known = recorded.filter((undo) => 'targets' in undo && undo.targets.some(isOf(host, proxy.name)));
    const toxics = proxy.toxics.filter(({ name }) => !known.some((undo) => 'toxic' in undo && undo.toxic === name));
    const isDisabled = !proxy.enabled && !known.some(({ kind }) => kind === 'toxiproxy-down');
    const disabled: UnrecordedFault = {
      ...{ host, text: `the proxy ${proxy.name} is disabled`, fix: REMOVE_ALL },
      remove: () => api.setEnabled(proxy.name, true),
    };
    return [
      ...(isDisabled ? [disabled] : []),
      ...toxics.map((toxic): UnrecordedFault => ({
        ...{ host, text: `${describeToxic(toxic)} on the proxy ${proxy.name}`, fix: REMOVE_ALL },
        remove: () => api.removeToxic(proxy.name, toxic.name),
      })),
    ];
  });
}

function isOf(host: string, proxy: string): (target: { readonly host: string; readonly proxy: string }) => boolean {
  return (target) => target.host === host && target.proxy === proxy;
}

function describeToxic({ name, type, stream, toxicity, attributes }: ProxyState['toxics'][number]): string {
  const numbers = Object.entries({ ...attributes, ...(toxicity === 1 ? {} : { toxicity }) });
  return `toxic ${name} (${[`${type} ${stream}`, ...numbers.map(([key, value]) => `${key}=${value}`)].join(', ')})`;
}
