import { VariableRefresh, VariableSort, type VariableModel } from '@grafana/schema';
import type { Variable } from '../board.ts';
import { DATASOURCE } from './datasource.ts';

/** Grafana's number of the query type "label values". */
const LABEL_VALUES = 1;

export const DATASOURCE_VARIABLE: VariableModel = {
  type: 'datasource',
  name: 'datasource',
  label: 'Data source',
  query: 'prometheus',
  refresh: VariableRefresh.onDashboardLoad,
  includeAll: false,
  multi: false,
};

export function labelValues({ selector, of }: Variable): string {
  return `label_values(${selector}, ${of})`;
}

export function renderVariable(variable: Variable): VariableModel {
  return {
    type: 'query',
    name: variable.name,
    label: variable.label,
    datasource: DATASOURCE,
    query: { qryType: LABEL_VALUES, query: labelValues(variable), refId: `Variable-${variable.name}` },
    refresh: VariableRefresh.onTimeRangeChanged,
    sort: VariableSort.naturalAsc,
    includeAll: true,
    multi: true,
    allValue: '.+',
    current: { text: 'All', value: '$__all' },
  };
}
