import type { AnnotationQuery } from '@grafana/schema';
import { DATASOURCE } from './datasource.ts';

/** Events, as lines across all graphs. */
interface Annotation {
  readonly name: string;
  readonly color: string;
  readonly expr: string;
  readonly title: string;
  readonly text: string;
  readonly tags: readonly string[];
  /** Whether the values are the times of the events, in ms; otherwise each sample is an event. */
  readonly atValue: boolean;
  readonly emptyWhen?: string;
}

export const ANNOTATIONS: readonly Annotation[] = [
  {
    name: 'Alerts',
    color: 'red',
    expr: 'ALERTS{alertstate="firing",severity!="none"}',
    title: '{{alertname}}',
    text: '{{host}}{{tier}} {{service}}{{mountpoint}}',
    tags: ['severity', 'domain', 'host'],
    atValue: false,
    emptyWhen: 'no alert fires',
  },
  {
    name: 'Writes moved',
    color: 'purple',
    expr: 'max(holdfast_db_writer_changed_timestamp_seconds > 0) * 1000',
    title: 'Writes go to another database node',
    text: '',
    tags: [],
    atValue: true,
    emptyWhen: 'writes have not moved since the role agents were started',
  },
  {
    name: 'Application started',
    color: 'blue',
    expr: 'max by (host) (process_start_time_seconds{job="app"}) * 1000',
    title: 'The application was started',
    text: '{{host}}',
    tags: ['host'],
    atValue: true,
  },
  {
    name: 'Changes',
    color: 'green',
    expr: 'max by (what) (maintenance_change_running)',
    title: 'Change in progress',
    text: '{{what}}',
    tags: ['what'],
    atValue: false,
    emptyWhen: 'no change was in progress',
  },
  {
    name: 'Experiments',
    color: 'orange',
    expr: 'max by (guarantee) (experiment_running) == 1',
    title: 'Experiment',
    text: '{{guarantee}}',
    tags: ['guarantee'],
    atValue: false,
    emptyWhen: 'no experiment was running',
  },
];

/** An annotation of Grafana's Prometheus data source; the schema lacks some of its fields. */
export interface PrometheusAnnotation extends AnnotationQuery {
  readonly expr: string;
  readonly step: string;
  readonly titleFormat: string;
  readonly textFormat: string;
  readonly tagKeys: string;
  readonly useValueForTime: boolean;
}

export function renderAnnotations(): PrometheusAnnotation[] {
  return ANNOTATIONS.map(({ name, color, expr, title, text, tags, atValue }) => ({
    name,
    datasource: DATASOURCE,
    enable: true,
    iconColor: color,
    expr,
    step: '5s',
    titleFormat: title,
    textFormat: text,
    tagKeys: tags.join(','),
    useValueForTime: atValue,
  }));
}
