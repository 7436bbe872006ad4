import { type MailContent, rowOf } from './mail-content.ts';

/** The mail as text. */
export function plainOf({ notice, sections, others, footer }: MailContent): string {
  const told = sections.map(({ facts }) => {
    const rows = facts.rows.map(([name, value]) => `  ${`${name}:`.padEnd(10)}${value}`);
    const links = facts.links.map(({ title, url }) => `  ${`${title}:`.padEnd(14)}${url}`);
    return [facts.headline, facts.lead, '', ...facts.said, '', ...rows, '', ...links, `  ${facts.chartNote}`].join(
      '\n',
    );
  });
  const rows = others.map((alert) => rowOf(alert).join('  ')).join('\n');
  return [notice, ...told, rows, `-- \n${footer}\n`].filter((part) => part !== '').join('\n\n');
}
