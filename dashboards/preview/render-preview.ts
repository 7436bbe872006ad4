import { escapeMarkup } from '../../kit/escape-markup.ts';
import type { Board, DataPanel } from '../board.ts';
import type { AnswerSeries } from '../verify/panel-source.ts';
import { panelSteps } from '../render/panel-steps.ts';
import type { LintContext } from '../lint-context.ts';
import { colourOf, renderChart, type Line } from './chart.ts';
import { formatValue } from './format-value.ts';

/** A panel with the results of its queries; undefined for a failed query. */
export interface FilledPanel {
  readonly panel: DataPanel;
  readonly answers: readonly (readonly AnswerSeries[] | undefined)[];
}

export interface FilledBoard {
  readonly board: Board;
  readonly panels: readonly FilledPanel[];
}

interface Span {
  readonly fromS: number;
  readonly toS: number;
}

/** Renders all boards with their data on one self-contained page, for use without Grafana. It does not imitate Grafana's charts. */
export function renderPreview(boards: readonly FilledBoard[], context: LintContext, span: Span): string {
  const contents = boards.map(({ board }) => `<a href="#${board.uid}">${escapeMarkup(board.title)}</a>`).join(' ');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Boards</title><style>${STYLE}</style><nav>${contents}</nav>${boards.map((filled) => renderBoard(filled, context, span)).join('')}</html>\n`;
}

const STYLE = `body{background:#111217;color:#ccccdc;font:14px sans-serif;margin:16px}a{color:#6e9fff}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(340px,1fr));gap:8px}section{background:#181b1f;border:1px solid #2c3235;padding:8px}
h3{font-size:14px;margin:0 0 4px}p{color:#8e8e9c;font-size:12px;margin:4px 0}svg{width:100%;background:#111217}polyline{fill:none;stroke-width:1.5}
.limit{stroke:#f2495c;stroke-dasharray:6 4}text{fill:#8e8e9c;font-size:11px}ul{list-style:none;margin:0;padding:0;font-size:12px;columns:2}b{float:right;margin-right:12px}`;

function renderBoard({ board, panels }: FilledBoard, context: LintContext, span: Span): string {
  const drawn = panels.map((filled) => renderPanel(filled, context, span)).join('');
  return `<h2 id="${board.uid}">${escapeMarkup(board.title)}</h2><p>${escapeMarkup(board.question)}</p><div class="panels">${drawn}</div>`;
}

function renderPanel({ panel, answers }: FilledPanel, context: LintContext, span: Span): string {
  const lines = answers.flatMap((series, index) => linesOf(series ?? [], panel, index));
  const thresholds = panelSteps(panel, context).flatMap(({ value }) => value ?? []);
  // The cells of a heatmap are counts; the panel's unit is that of its axis.
  const unit = panel.kind === 'heatmap' ? 'short' : panel.unit;
  const format = (value: number): string => panel.states?.[value]?.text ?? formatValue(value, unit);
  const isDrawn = lines.some(({ points }) => points.length > 1);
  const legend = lines.map(({ name, points }, index) => {
    const last = points.at(-1)?.[1];
    return `<li><span style="color:${colourOf(index)}">■</span> ${escapeMarkup(name)} <b>${last === undefined ? '–' : escapeMarkup(format(last))}</b></li>`;
  });
  const chart = isDrawn ? renderChart(lines, { ...span, thresholds, format }) : '';
  const data =
    lines.length === 0
      ? `<p>Nothing to show: ${escapeMarkup(emptyWhen(panel))}</p>`
      : `${chart}<ul>${legend.join('')}</ul>`;
  return `<section><h3>${escapeMarkup(panel.title)}</h3>${data}<p>${escapeMarkup(panel.description)}</p></section>`;
}

function emptyWhen({ queries }: DataPanel): string {
  return queries.map((query) => query.emptyWhen ?? 'no data').join('; ');
}

function linesOf(series: readonly AnswerSeries[], panel: DataPanel, index: number): readonly Line[] {
  const legend = panel.queries[index]?.legend ?? '';
  return series.map(({ labels, points }) => {
    const named =
      panel.kind === 'table'
        ? Object.keys(panel.columns)
            .map((label) => labels[label] ?? '')
            .join(' ')
        : legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? '');
    return { name: named, points };
  });
}
