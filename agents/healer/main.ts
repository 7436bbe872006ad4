import { once } from 'node:events';
import { openJournal } from '../../chaos/journal/journal.ts';
import { processIdentitySchema } from '../../kit/process-identity.ts';
import { parseTopology } from '../../deploy/model/topology-schema.ts';
import { openHosts } from '../../kit/hosts.ts';
import { runHealer } from './run-healer.ts';

/** `node agents/healer/main.ts JOURNAL-FOLDER RUNNER`: started by `prove`, in a session of its own, before its first fault; the first message is the topology. */
const [folder, runner] = process.argv.slice(2);
if (folder === undefined || runner === undefined) throw new Error('usage: main.ts JOURNAL-FOLDER RUNNER-AS-JSON');

// Ctrl-C in a terminal is for the runner; the healer exits when all faults are reverted.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);

const [message] = (await once(process, 'message')) as [unknown];
const topology = parseTopology(message);
process.send?.('watching');

await runHealer({
  context: { topology, hosts: openHosts() },
  journal: openJournal(folder),
  runner: processIdentitySchema.parse(JSON.parse(runner)),
  log: (line) => {
    console.log(`${new Date().toISOString()} ${line}`);
  },
  signal: new AbortController().signal,
});
