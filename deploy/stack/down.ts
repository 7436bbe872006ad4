import { callEngine, openDocker } from '../../kit/docker.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { runCompose } from './run-compose.ts';

interface DownOptions {
  /** Also remove the data: databases, mails, metrics. */
  readonly volumes: boolean;
  readonly signal: AbortSignal;
}

/** Seconds that a host gets for a graceful shutdown. */
const STOP_SECONDS = '10';

/** Removes the stack's containers and networks, and with `volumes` its data. Touches nothing else on the engine. */
export async function down({ volumes, signal }: DownOptions): Promise<void> {
  const docker = openDocker();
  // Containers of a killed load generator, which are still attached to the stack's networks.
  const orphans = await callEngine('list the containers', () =>
    docker.listContainers({ all: true, filters: { label: ['org.holdfast=1'] } }),
  );
  for (const orphan of orphans.filter((info) => info.Labels['org.holdfast.host'] === undefined)) {
    await callEngine(`remove ${orphan.Names[0] ?? orphan.Id}`, () =>
      docker.getContainer(orphan.Id).remove({ force: true }),
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

/** The stack's remaining containers, networks and volumes. */
async function readLeftovers(): Promise<Readonly<Record<'containers' | 'networks' | 'volumes', readonly string[]>>> {
  const docker = openDocker();
  const filters = { label: ['org.holdfast=1'] };
  const [containers, networks, volumes] = await callEngine('list the leftovers', () =>
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
