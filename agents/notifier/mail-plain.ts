import { type MailContent, rowOf } from './mail-content.ts';

/** The mail as text. */
export function plainOf({ notice, sections, others, footer }: MailContent): string {
  const texts = sections.map(({ content }) => {
    const rows = inColumns(content.rows);
    const links = inColumns(content.links.map(({ title, url }) => [title, url]));
    return [
      content.headline,
      content.lead,
      '',
      ...content.details,
      '',
      ...rows,
      '',
      ...links,
      `  ${content.chartNote}`,
    ].join('\n');
  });
  const rows = others.map((alert) => rowOf(alert).join('  ')).join('\n');
  return [notice, ...texts, rows, `-- \n${footer}\n`].filter((part) => part !== '').join('\n\n');
}

/** `  name: value`, the values below each other. */
function inColumns(rows: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, value]) => `  ${`${name}:`.padEnd(width)}${value}`);
}
