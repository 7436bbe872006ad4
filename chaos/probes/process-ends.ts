import type { FaultWorld } from '../faults/fault.ts';

/** How often each process of a host has ended since its boot, by service; Varnish's child, which its parent restarts, is `varnish-child`. */
export async function readProcessEnds(world: FaultWorld, host: string): Promise<Readonly<Record<string, number>>> {
  const { stdout } = await world.hosts.exec(host, ['sh', '-c', SCRIPT]);
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([name = '', count]) => [name, Number(count)]),
  );
}

const SCRIPT = `cd /run/holdfast/exits && for service in *; do echo "$service $(cat "$service")"; done
if [ -d /var/lib/varnish/cache ]; then
  varnishstat -1 -n /var/lib/varnish/cache -f MGT.child_died -f MGT.child_panic | awk '{ sum += $2 } END { print "varnish-child", sum }'
fi`;
