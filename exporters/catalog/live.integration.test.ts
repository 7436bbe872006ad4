import { expect, it } from 'vitest';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { checkLive } from './check-live.ts';
import { readExposed } from './read-exposed.ts';

const signal = new AbortController().signal;

it.each(hostsOf(makeTopology(), 'monitor').map((host) => [host.name, host] as const))(
  'the running stack exposes to %s exactly the metrics of the catalogue',
  async (_name, host) => {
    const url = `http://${addressOn(host, 'ops')}:${PORTS.prometheus}`;
    let problems: unknown = 'not checked';
    // A monitor that has just started has not scraped all targets yet.
    await waitFor(
      async () => {
        const found = checkLive(await readExposed(url, signal));
        problems = found;
        return found.length === 0;
      },
      { what: 'all targets scraped', deadlineMs: 30_000, intervalMs: 1_000 },
    ).catch(() => undefined);
    expect(problems).toEqual([]);
  },
);
