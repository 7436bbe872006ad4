import { parseArgs } from 'node:util';
import { ATTACKS, type AttackCounts, type AttackTarget } from './attack.ts';
import { ATTACK_OF } from './attacks.ts';

/**
 * `node main.ts --attack KIND --seconds N NAME=http://ADDRESS:PORT …`: attacks every target at the same time until the time is up or SIGTERM.
 * Prints a line of JSON per second: the attacker's counters for each target. Runs in a container on the front network and imports only Node modules.
 */
const REPORT_MS = 1_000;
const LONGEST_SECONDS = 600;

const { values, positionals } = parseArgs({
  options: { attack: { type: 'string' }, seconds: { type: 'string' } },
  allowPositionals: true,
});
const kind = ATTACKS.find((known) => known === values.attack);
const seconds = Number(values.seconds);
if (
  kind === undefined ||
  !Number.isInteger(seconds) ||
  seconds < 1 ||
  seconds > LONGEST_SECONDS ||
  positionals.length === 0
) {
  console.error(
    `usage: main.ts --attack ${ATTACKS.join('|')} --seconds 1-${LONGEST_SECONDS} NAME=http://ADDRESS:PORT ...`,
  );
  process.exit(64);
}

const stop = new AbortController();
const timer = setTimeout(() => {
  stop.abort();
}, seconds * 1_000);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stop.abort();
  });
}

const attackers = positionals.map((text) => {
  const target = parseTarget(text);
  const counts: AttackCounts = { open: 0, connected: 0, refused: 0, sent: 0, statuses: {} };
  return { target, counts };
});
const report = (): void => {
  console.log(JSON.stringify(Object.fromEntries(attackers.map(({ target, counts }) => [target.name, counts]))));
};
const reporter = setInterval(report, REPORT_MS);
await Promise.all(attackers.map(({ target, counts }) => ATTACK_OF[kind]({ target, counts, signal: stop.signal })));
clearTimeout(timer);
clearInterval(reporter);
report();
// Connections that are still closing are not awaited.
process.exit(0);

function parseTarget(text: string): AttackTarget {
  const equals = text.indexOf('=');
  const { protocol, hostname, port } = new URL(text.slice(equals + 1));
  const isTls = protocol === 'https:';
  return { name: text.slice(0, equals), host: hostname, port: Number(port || (isTls ? 443 : 80)), isTls };
}
