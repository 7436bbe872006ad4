import { escapeMarkup } from '../../../kit/escape-markup.ts';
import { renderHtmlPage } from '../../../kit/html-page.ts';
import { drawComparison, LINE_COLOURS } from './draw-comparison.ts';
import { renderJudgements, renderTable } from './render-comparison.ts';
import type { Comparison } from './simulate.ts';

/** The results of all traces as a page without other files: the table, and a chart of each trace. */
export function renderComparisonPage(comparisons: readonly Comparison[]): string {
  return renderHtmlPage({
    title: 'Simulation of the autoscaler',
    style: 'img { width: 100% } li { display: inline; margin-right: 1.5em } ul { padding: 0 }',
    body: [
      '<h1>Simulation of the autoscaler</h1>',
      `<pre>${escapeMarkup(renderTable(comparisons))}</pre>`,
      `<pre>${escapeMarkup(renderJudgements(comparisons))}</pre>`,
      ...comparisons.map(renderSection),
    ].join('\n'),
  });
}

function renderSection(comparison: Comparison): string {
  const most = comparison.rates.reduce((highest, rate) => Math.max(highest, rate), 0);
  const legend = comparison.outcomes.map(({ policy }, index) => {
    const colour = (LINE_COLOURS[index % LINE_COLOURS.length] ?? []).join(' ');
    return `<li style="color: rgb(${colour})">${escapeMarkup(policy)}</li>`;
  });
  const name = escapeMarkup(comparison.trace);
  return [
    `<h2>${name}</h2>`,
    `<p class="quiet">Lines: hosts over hours and minutes. Area: load, up to ${most} requests per second.</p>`,
    `<ul>${legend.join('')}</ul>`,
    `<img alt="Hosts of each policy on ${name}" src="data:image/png;base64,${drawComparison(comparison).toString('base64')}">`,
  ].join('\n');
}
