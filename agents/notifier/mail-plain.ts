import { type MailContent, rowOf } from './mail-content.ts';

/** The mail as text. */
export function plainOf({ notice, sections, others, footer }: MailContent): string {
  const told = sections.map(({ facts }) => {
    const rows = inColumns(facts.rows);
    const links = inColumns(facts.links.map(({ title, url }) => [title, url]));
    return [facts.headline, facts.lead, '', ...facts.said, '', ...rows, '', ...links, `  ${facts.chartNote}`].join(
      '\n',
    );
  });
  const rows = others.map((alert) => rowOf(alert).join('  ')).join('\n');
  return [notice, ...told, rows, `-- \n${footer}\n`].filter((part) => part !== '').join('\n\n');
}

/** `  name: value`, the values below each other. */
function inColumns(rows: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, value]) => `  ${`${name}:`.padEnd(width)}${value}`);
}
