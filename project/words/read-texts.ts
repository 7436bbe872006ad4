import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import ts from 'typescript';
import { makeAlerts } from '../../alerts/alerts.ts';
import { BOARDS } from '../../dashboards/boards.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import { CATALOG } from '../../exporters/catalog/catalog.ts';
import { ROOT } from '../../kit/paths.ts';
import type { Text } from './check-text.ts';

/** Markdown documents and runbooks, without their blocks of code. */
export function readDocuments(): readonly Text[] {
  return ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...globSync('alerts/runbooks/*.md', { cwd: ROOT })].map(
    (place) => ({ place, text: readFileSync(join(ROOT, place), 'utf8').replaceAll(/```[^]*?```/g, '') }),
  );
}

/** Descriptions, arguments and options of every command. */
export function readHelp(program: Command): readonly Text[] {
  return program.commands.flatMap((command) => [
    { place: `help of ${command.name()}`, text: command.description() },
    ...command.registeredArguments.map((argument) => ({
      place: `help of ${command.name()} <${argument.name()}>`,
      text: argument.description,
    })),
    ...command.options.map(({ description, flags }) => ({
      place: `help of ${command.name()} ${flags}`,
      text: description,
    })),
    ...readHelp(command),
  ]);
}

/** Summaries and descriptions of every alert. */
export function readAlertTexts(): readonly Text[] {
  return makeAlerts(makeTopology()).flatMap(({ name, summary, description }) => [
    { place: `alert ${name}, summary`, text: summary },
    { place: `alert ${name}, description`, text: description },
  ]);
}

/** Titles, questions and descriptions of every dashboard and panel. */
export function readDashboardTexts(): readonly Text[] {
  return BOARDS.flatMap(({ uid, title, question, rows }) => [
    { place: `dashboard ${uid}`, text: title },
    { place: `dashboard ${uid}, question`, text: question },
    ...rows.flatMap((row) => [
      { place: `dashboard ${uid}, row`, text: row.title },
      ...row.panels.flatMap((panel) => [
        { place: `dashboard ${uid}, panel`, text: panel.title },
        ...('description' in panel ? [{ place: `dashboard ${uid}, ${panel.title}`, text: panel.description }] : []),
      ]),
    ]),
  ]);
}

/** Help texts of our own metrics. */
export function readMetricHelp(): readonly Text[] {
  return CATALOG.flatMap(({ job, metrics }) =>
    Object.entries(metrics).map(([name, { help }]) => ({ place: `metric ${name} (${job})`, text: help })),
  );
}

/** Messages and fixes of errors, as far as they are literals. */
export function readErrorTexts(): readonly Text[] {
  return readSources()
    .filter(({ fileName }) => !fileName.endsWith('.test.ts'))
    .flatMap((source) => errorLiterals(source).map((text) => ({ place: `error in ${source.fileName}`, text })));
}

/** Comments of all programs and tests. */
export function readComments(): readonly Text[] {
  return readSources().flatMap((source) =>
    commentsOf(source).map(({ line, text }) => ({ place: `${source.fileName}:${line}`, text })),
  );
}

function readSources(): readonly ts.SourceFile[] {
  const folders = 'agents,alerts,chaos,dashboards,deploy,exporters,k6,kit,project';
  return ['cli.ts', ...globSync(`{${folders}}/**/*.ts`, { cwd: ROOT })].map((file) =>
    ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true),
  );
}

/** The text of each comment, without its marks. Consecutive `//` lines are one comment. */
export function commentsOf(source: ts.SourceFile): readonly { readonly line: number; readonly text: string }[] {
  const ranges = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    const leading = ts.getLeadingCommentRanges(source.text, node.pos) ?? [];
    const trailing = ts.getTrailingCommentRanges(source.text, node.end) ?? [];
    for (const range of [...leading, ...trailing]) ranges.set(range.pos, range);
    ts.forEachChild(node, visit);
  };
  visit(source);
  visit(source.endOfFileToken);
  const comments: { line: number; lastLine: number; text: string }[] = [];
  for (const { pos, end, kind } of [...ranges.values()].sort((one, other) => one.pos - other.pos)) {
    const line = source.getLineAndCharacterOfPosition(pos).line + 1;
    const isLine = kind === ts.SyntaxKind.SingleLineCommentTrivia;
    const raw = source.text.slice(pos + 2, isLine ? end : end - 2);
    const last = comments.at(-1);
    if (isLine && last !== undefined && last.lastLine === line - 1) {
      last.text += raw;
      last.lastLine = line;
    } else
      comments.push({ line, lastLine: isLine ? line : -1, text: isLine ? raw : raw.replaceAll(/^\s*\*+ ?/gm, '') });
  }
  return comments;
}

function errorLiterals(source: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const collect = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push(node.text);
    else if (ts.isTemplateExpression(node)) {
      found.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('value'));
    } else ts.forEachChild(node, collect);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText(source) === 'HoldfastError')
      node.arguments?.forEach(collect);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
