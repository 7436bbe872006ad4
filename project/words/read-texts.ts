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
  return CATALOG.filter(({ coverage }) => coverage === 'complete').flatMap(({ job, metrics }) =>
    Object.entries(metrics).map(([name, { help }]) => ({ place: `metric ${name} (${job})`, text: help })),
  );
}

/** Messages and fixes of errors, as far as they are literals. */
export function readErrorTexts(): readonly Text[] {
  const files = globSync('{agents,alerts,chaos,dashboards,deploy,exporters,kit,project}/**/*.ts', { cwd: ROOT });
  return ['cli.ts', ...files]
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true);
      return errorLiterals(source).map((text) => ({ place: `error in ${file}`, text }));
    });
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
