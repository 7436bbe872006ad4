import { connect } from 'node:net';
import { addressOn, PORTS, type Host, type NetworkName, type Tier } from '../../deploy/model/topology.ts';

/** Where a host's main process listens, and what to say to it so that it says something. */
interface Door {
  readonly network: NetworkName;
  readonly port: number;
  readonly greeting: string;
}

const HTTP = 'HEAD / HTTP/1.0\r\n\r\n';

const DOORS: Record<Tier, Door> = {
  edge: { network: 'front', port: PORTS.edge, greeting: HTTP },
  lb: { network: 'ops', port: PORTS.haproxyStats, greeting: HTTP },
  web: { network: 'app', port: PORTS.nginx, greeting: HTTP },
  app: { network: 'app', port: PORTS.app, greeting: HTTP },
  // MySQL speaks first.
  db: { network: 'data', port: PORTS.mysql, greeting: '' },
  cache: { network: 'data', port: PORTS.valkey, greeting: 'PING\r\n' },
  monitor: { network: 'ops', port: PORTS.prometheus, greeting: HTTP },
  mail: { network: 'ops', port: PORTS.mailbox, greeting: HTTP },
  trace: { network: 'ops', port: PORTS.zipkin, greeting: HTTP },
};

/**
 * Whether the main process of a host answers on its network. A mere TCP handshake does not count: the kernel of a frozen
 * host still completes it, so a byte of an answer is waited for.
 */
export function hostAnswers(host: Host, timeoutMs = 1_000): Promise<boolean> {
  const { network, port, greeting } = DOORS[host.tier];
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
    socket.once('connect', () => socket.write(greeting));
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
