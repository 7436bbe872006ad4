import { callEngine, openDocker } from '../../kit/docker.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { runCompose } from './run-compose.ts';

interface DownOptions {
  /** Also forget all state: databases, mails, metrics. */
  readonly volumes: boolean;
  readonly signal: AbortSignal;
}

/** Seconds that a host gets to shut down in order. */
const STOP_SECONDS = '10';

/** Removes the stack's containers and networks, and its volumes when asked. Nothing that is not holdfast's is touched. */
export async function down({ volumes, signal }: DownOptions): Promise<void> {
  const docker = openDocker();
  // What a killed run of the load generator left on the stack's networks.
  const strays = await callEngine('list what runs', () =>
    docker.listContainers({ all: true, filters: { label: ['org.holdfast=1'] } }),
  );
  for (const stray of strays.filter((info) => info.Labels['org.holdfast.host'] === undefined)) {
    await callEngine(`remove ${stray.Names[0] ?? stray.Id}`, () =>
      docker.getContainer(stray.Id).remove({ force: true }),
    );
  }
  const args = ['--profile', '*', 'down', '--timeout', STOP_SECONDS, '--remove-orphans'];
  await runCompose(volumes ? [...args, '--volumes'] : args, signal);
  const { containers, networks, volumes: kept } = await readLeftovers();
  const left = [...containers, ...networks, ...(volumes ? kept : [])];
  if (left.length > 0) {
    throw new HoldfastError('compose-failed', `Could not remove ${left.join(', ')}.`, {
      fix: 'Check with `docker ps` and `docker network inspect` what uses them, then repeat `./holdfast down`.',
    });
  }
}

/** What of the stack the engine still has, by kind. */
async function readLeftovers(): Promise<Readonly<Record<'containers' | 'networks' | 'volumes', readonly string[]>>> {
  const docker = openDocker();
  const filters = { label: ['org.holdfast=1'] };
  const [containers, networks, volumes] = await callEngine('list what is left', () =>
    Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      docker.listVolumes({ filters: JSON.stringify(filters) as never }),
    ]),
  );
  return {
    containers: containers.map((info) => info.Names[0] ?? info.Id),
    networks: networks.map((network) => network.Name),
    volumes: volumes.Volumes.map((volume) => volume.Name),
  };
}
