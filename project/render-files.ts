import { renderAlertFiles } from '../alerts/generated.ts';
import { renderDashboardFiles } from '../dashboards/generated.ts';
import { renderAll } from '../deploy/stack/render.ts';
import type { RenderedFiles } from '../deploy/model/rendered-file.ts';
import type { Topology } from '../deploy/model/topology.ts';

/** Every generated file of the checkout: the configuration of the stack, the alerts and the dashboards. */
export function renderFiles(topology: Topology): RenderedFiles {
  return renderAll(topology, new Map([...renderAlertFiles(topology), ...renderDashboardFiles(topology)]));
}
