import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  GraphThresholdsStyleMode,
  HeatmapCellLayout,
  PercentChangeColorMode,
  SortOrder,
  StackingMode,
  TableCellDisplayMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizOrientation,
  type GraphFieldConfig,
  type TableFieldOptions,
  type TableOptions,
  type VizLegendOptions,
} from '@grafana/schema';
import type { Options as HeatmapOptions } from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
  FieldConfig as StateTimelineFieldConfig,
  Options as StateTimelineOptions,
} from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type { Options as TimeseriesOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type { DataPanel } from '../board.ts';

const LEGEND: VizLegendOptions = {
  showLegend: true,
  placement: 'bottom',
  calcs: [],
};
const TOOLTIP = { mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending };

const TIMESERIES: TimeseriesOptions = { legend: LEGEND, tooltip: TOOLTIP };
const STATE_TIMELINE: StateTimelineOptions = {
  legend: { ...LEGEND, showLegend: false },
  tooltip: TOOLTIP,
  mergeValues: true,
  rowHeight: 0.8,
  showValue: VisibilityMode.Auto,
};
const TABLE: TableOptions = { frameIndex: 0, showHeader: true };
const STAT: StatOptions = {
  colorMode: BigValueColorMode.Value,
  graphMode: BigValueGraphMode.None,
  justifyMode: BigValueJustifyMode.Auto,
  orientation: VizOrientation.Auto,
  percentChangeColorMode: PercentChangeColorMode.Standard,
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  showPercentChange: false,
  textMode: BigValueTextMode.Auto,
  wideLayout: true,
};

/** Options of a panel, by its kind. */
export function optionsOf(panel: DataPanel): Record<string, unknown> {
  switch (panel.kind) {
    case 'timeseries':
      return { ...TIMESERIES, legend: withListMode(TIMESERIES.legend) };
    case 'state-timeline':
      return { ...STATE_TIMELINE, legend: withListMode(STATE_TIMELINE.legend) };
    case 'table':
      return { ...TABLE };
    case 'stat':
      // Several values need their names; for a single value the title is enough.
      return {
        ...STAT,
        textMode: panel.queries.some(({ legend }) => legend.includes('{{'))
          ? BigValueTextMode.ValueAndName
          : STAT.textMode,
      };
    case 'heatmap':
      return { ...heatmapOptions(panel.unit) };
  }
}

/** Sets the default display mode explicitly: Grafana before 13 shows no legend without it. */
function withListMode(legend: VizLegendOptions): object {
  return { ...legend, displayMode: 'list' };
}

function heatmapOptions(unit: string): HeatmapOptions {
  return {
    calculate: false,
    cellGap: 1,
    color: { scheme: 'Oranges', steps: 64, exponent: 0.5, fill: 'dark-orange', reverse: false },
    exemplars: { color: 'rgba(255,0,255,0.7)' },
    filterValues: { le: 1e-9 },
    legend: { show: true },
    rowsFrame: { layout: HeatmapCellLayout.auto },
    showValue: VisibilityMode.Never,
    tooltip: { mode: TooltipDisplayMode.Single, yHistogram: false },
    yAxis: { unit },
  };
}

/** Field options of a panel, by its kind; `hasThresholds` draws threshold lines. */
export function customOf(panel: DataPanel, hasThresholds: boolean): Record<string, unknown> {
  switch (panel.kind) {
    case 'timeseries': {
      const custom: GraphFieldConfig = {
        lineWidth: 1,
        fillOpacity: panel.stacked === true ? 30 : 5,
        showPoints: VisibilityMode.Never,
        // Gaps in the samples stay visible.
        spanNulls: false,
        stacking: { mode: panel.stacked === true ? StackingMode.Normal : StackingMode.None, group: 'A' },
        thresholdsStyle: { mode: hasThresholds ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off },
      };
      return { ...custom };
    }
    case 'state-timeline': {
      const custom: StateTimelineFieldConfig = { fillOpacity: 80, lineWidth: 0 };
      return { ...custom };
    }
    case 'table': {
      const isColoured = hasThresholds || panel.states !== undefined;
      const custom: Partial<TableFieldOptions> = {
        align: 'auto',
        inspect: false,
        cellOptions: { type: isColoured ? TableCellDisplayMode.ColorText : TableCellDisplayMode.Auto },
      };
      return { ...custom };
    }
    case 'stat':
    case 'heatmap':
      return {};
  }
}
