import type { Command } from 'commander';
import { SAVE_INTERVAL_MS } from '../deploy/tiers/monitor/render-alertmanager.ts';
import type { Topology } from '../deploy/model/topology.ts';
import { EXIT, HoldfastError } from '../kit/errors.ts';
import { openProgress } from '../kit/progress.ts';
import { openHosts } from '../kit/hosts.ts';
import { userName } from '../kit/user-name.ts';
import { DOMAINS } from './alert.ts';
import { addSilence } from './silences/add-silence.ts';
import { chooseSilences } from './silences/choose-silences.ts';
import { type Member, openMembers } from './silences/member.ts';
import { parseDuration } from './silences/parse-duration.ts';
import type { SavedSilence } from './silences/parse-snapshot.ts';
import { currentSilences, readSilences } from './silences/read-silences.ts';
import { removeSilences } from './silences/remove-silences.ts';
import type { Silence } from './silences/silence.ts';
import { parseSubject } from './silences/subject.ts';
import { hasNoneOf, hasSilence, hostsNotSaved, readSavedOn } from './silences/wait-until-saved.ts';

interface CommandContext {
  readonly topology: Topology;
  readonly signal: AbortSignal;
}

/** `silence`. */
export function registerAlertCommands(program: Command, { topology, signal }: CommandContext): void {
  const silence = program
    .command('silence')
    .description('silence the alerts of a host or failure domain during maintenance')
    .exitOverride();

  silence
    .command('add')
    .description('add a silence on both Alertmanagers and wait until both have it on disk; repeat to extend it')
    .argument('<subject>', 'host, such as app1, or failure domain, such as database')
    .option('--for <time>', 'required: duration from 10s to 4h, such as 10m')
    .option('--reason <text>', 'required: reason for the silence')
    .addHelpText(
      'after',
      `\nFailure domains: ${DOMAINS.join(', ')}. Redundancy alerts of a tier belong to the domain, not to a host.\nSLO alerts, the watchdog and drills are never silenced.\nAlertmanager writes to disk every ${SAVE_INTERVAL_MS / 1_000} s. If one Alertmanager is down, the command names it and exits with 2: the silence is on one disk only.`,
    )
    .action(async (name: string, flags: { readonly for?: string; readonly reason?: string }) => {
      const subject = parseSubject(topology, name);
      const { for: time = '', reason = '' } = flags;
      const missing = [...(time === '' ? ['--for'] : []), ...(reason.trim() === '' ? ['--reason'] : [])];
      if (missing.length > 0) {
        throw new HoldfastError('usage', `A silence needs ${missing.join(' and ')}.`, {
          fix: `Such as: ./holdfast silence add ${name} --for 10m --reason "new disk"`,
        });
      }
      const forMs = parseDuration(time);
      const by = userName();
      const members = openMembers(topology, signal);
      const { id, endsAt, isUnchanged, missingOn } = await addSilence(members, { ...{ subject, forMs, by, reason } });
      console.log(
        `${id}  ${name} is silent until ${endsAt.toISOString()}.${isUnchanged ? ' A longer silence exists and is unchanged.' : ''}`,
      );
      await reportMembers(members, { missingOn, isSaved: hasSilence(id, endsAt) });
    });

  silence
    .command('list')
    .description('list active silences')
    .option('--json', 'print the silences as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const found = await readSilences(openMembers(topology, signal));
      const silences = currentSilences(found);
      const text = silences.map(renderSilence).join('\n') || 'No silence is active.';
      console.log(json === true ? JSON.stringify(silences, undefined, 2) : text);
      for (const name of found.unreachable) console.error(`Alertmanager on ${name} does not answer.`);
    });

  silence
    .command('remove')
    .description('remove silences')
    .argument('[id...]', 'silence ID, host or failure domain, such as app1')
    .option('--all', 'remove all silences that holdfast created')
    .action(async (names: readonly string[], { all }: { readonly all?: boolean }) => {
      const members = openMembers(topology, signal);
      const current = currentSilences(await readSilences(members));
      const chosen = chooseSilences(current, { names, all: all === true });
      const missingOn = await removeSilences(members, chosen);
      console.log(chosen.length === 0 ? 'Nothing was silent.' : `Removed: ${chosen.join(', ')}.`);
      if (chosen.length > 0) await reportMembers(members, { missingOn, isSaved: hasNoneOf(chosen, Date.now()) });
    });
}

/** Active silences, in the format of `silence list`; empty when no Alertmanager responds, which the check of the hosts reports. */
export async function readSilenceTexts({ topology, signal }: CommandContext): Promise<readonly string[]> {
  try {
    return currentSilences(await readSilences(openMembers(topology, signal))).map(renderSilence);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'stack-down') return [];
    throw error;
  }
}

function renderSilence({ id, matchers, endsAt, createdBy, comment }: Silence): string {
  const what = matchers
    .map(
      ({ name, value, isEqual, isRegex }) =>
        `${name}${isEqual ? '=' : '!'}${isRegex ? '~' : isEqual ? '' : '='}"${value}"`,
    )
    .join(' ');
  return `${id}  until ${endsAt}  ${what}\n    ${createdBy}: ${comment}`;
}

/**
 * Waits until the change is on the disk of every member that has it. Prints members that do not have it, without waiting for them: they may
 * still send mails. Also prints members that have not saved it in time: if all members crashed now, the change would be lost.
 */
async function reportMembers(
  members: readonly Member[],
  change: { readonly missingOn: readonly string[]; readonly isSaved: (saved: readonly SavedSilence[]) => boolean },
): Promise<void> {
  const { missingOn, isSaved } = change;
  const informed = members.map(({ name }) => name).filter((name) => !missingOn.includes(name));
  const progress = openProgress();
  progress.report('waiting until both Alertmanagers have it on disk');
  const unsaved = await hostsNotSaved(informed, isSaved, { read: readSavedOn(openHosts()) }).finally(() => {
    progress.stop();
  });
  if (missingOn.length > 0) {
    console.error(
      `Alertmanager on ${missingOn.join(' and ')} does not know it yet. It learns it from the other one; check with \`./holdfast silence list\`.`,
    );
  }
  if (unsaved.length > 0) {
    console.error(
      `Alertmanager on ${unsaved.join(' and ')} does not have it on disk yet. If all of them crash now, repeat the command.`,
    );
  }
  if (missingOn.length + unsaved.length > 0) process.exitCode = EXIT.unknown;
}
