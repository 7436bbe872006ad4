import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProveOutcome } from '../runner/outcome.ts';
import { renderJunit } from './render-junit.ts';
import { renderReport } from './render-report.ts';
import { renderTable } from './render-table.ts';

/** Writes the report of a run in all formats, and points `latest` to it. Returns the path of the HTML page. */
export async function writeReport(outcome: ProveOutcome, reports: string): Promise<string> {
  const name = new Date(outcome.startedAt).toISOString().replaceAll(':', '-').slice(0, 19);
  const folder = join(reports, name);
  await mkdir(folder, { recursive: true });
  const page = join(folder, 'report.html');
  await Promise.all([
    writeFile(page, renderReport(outcome)),
    writeFile(join(folder, 'result.json'), `${JSON.stringify(outcome, undefined, 2)}\n`),
    writeFile(join(folder, 'junit.xml'), renderJunit(outcome)),
    writeFile(join(folder, 'verdicts.txt'), `${renderTable(outcome, { colour: false })}\n`),
  ]);
  await point(join(reports, 'latest'), name);
  return page;
}

/** Replaces a symbolic link atomically, so that it always exists. */
async function point(link: string, to: string): Promise<void> {
  const draft = `${link}.${process.pid}`;
  await rm(draft, { force: true });
  await symlink(to, draft);
  await rename(draft, link);
}
