import { mostHosts } from './connection-budget.ts';
import { forecastRate, type LoadHistory } from './forecast.ts';
import type { Now } from './observation.ts';
import { scheduledMinimum } from './scheduled-minimum.ts';
import type { Settings } from './settings.ts';

/** The least and most hosts that may be desired now, and what determines each, for the reason of a decision. */
export interface HostBounds {
  readonly least: number;
  readonly most: number;
  readonly leastBy: 'floor' | 'schedule' | 'forecast';
  readonly mostBy: 'ceiling' | 'connection budget';
}

/** The forecast and schedules may only raise. None of them exceeds the ceiling or the connection budget. */
export function hostBounds(settings: Settings, history: LoadHistory, { wallMs }: Now): HostBounds {
  const budget = mostHosts(settings.connections);
  const most = Math.min(settings.ceiling, budget);
  const scheduled = scheduledMinimum(settings.schedules, wallMs);
  const rate = forecastRate(history, wallMs, settings.startUpMs) ?? 0;
  const forecast = Math.ceil(rate / settings.target.requestRate);
  const least = Math.max(settings.floor, scheduled, forecast);
  return {
    least: Math.min(least, most),
    most,
    leastBy: least === settings.floor ? 'floor' : least === scheduled ? 'schedule' : 'forecast',
    mostBy: budget < settings.ceiling ? 'connection budget' : 'ceiling',
  };
}
