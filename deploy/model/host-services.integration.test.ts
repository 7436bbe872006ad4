import { expect, it } from 'vitest';
import { servicesOf } from './host-services.ts';
import { makeTopology } from './topology.ts';
import { openHosts } from '../../kit/hosts.ts';

const topology = makeTopology();
const hosts = openHosts();

it.each(topology.hosts.filter(({ enabled }) => enabled))(
  '$name runs the services of its tier',
  async ({ name, tier }) => {
    // Excludes services that run once at boot.
    const { stdout } = await hosts.exec(name, [
      'sh',
      '-c',
      'cd /etc/s6 && for s in *; do [ "$(s6-svstat -o up "$s")" = false ] || echo "$s"; done',
    ]);
    expect(stdout.trim().split('\n').toSorted()).toEqual([...servicesOf(topology, tier)].toSorted());
  },
);
