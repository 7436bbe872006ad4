import { connect } from 'node:net';
import { addressOn, PORTS, type Host, type NetworkName, type Tier } from '../../deploy/model/topology.ts';

/** Where a host's main process listens, and a request that it answers. */
interface LivenessEndpoint {
  readonly network: NetworkName;
  readonly port: number;
  readonly request: string;
}

const HTTP = 'HEAD / HTTP/1.0\r\n\r\n';

const LIVENESS_ENDPOINTS: Record<Tier, LivenessEndpoint> = {
  edge: { network: 'front', port: PORTS.edge, request: HTTP },
  lb: { network: 'ops', port: PORTS.haproxyStats, request: HTTP },
  web: { network: 'app', port: PORTS.nginx, request: HTTP },
  app: { network: 'app', port: PORTS.app, request: HTTP },
  // A MySQL server sends the first packet.
  db: { network: 'data', port: PORTS.mysql, request: '' },
  cache: { network: 'data', port: PORTS.valkey, request: 'PING\r\n' },
  monitor: { network: 'ops', port: PORTS.prometheus, request: HTTP },
  mail: { network: 'ops', port: PORTS.mailbox, request: HTTP },
  trace: { network: 'ops', port: PORTS.zipkin, request: HTTP },
};

/**
 * Whether the main process of a host answers on its network. This waits for the first byte of a response: the kernel of a frozen
 * host still completes TCP handshakes.
 */
export function hostAnswers(host: Host, timeoutMs = 1_000): Promise<boolean> {
  const { network, port, request } = LIVENESS_ENDPOINTS[host.tier];
  const socket = connect({ host: addressOn(host, network), port });
  return new Promise((resolve) => {
    const end = (answered: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answered);
    };
    const timer = setTimeout(() => {
      end(false);
    }, timeoutMs);
    socket.once('connect', () => socket.write(request));
    socket.once('data', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
    socket.once('close', () => {
      end(false);
    });
  });
}
