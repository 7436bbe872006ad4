import { type Board, dataPanelsOf } from './board.ts';
import { APP_BOARD } from './boards/app.ts';
import { CACHE_BOARD } from './boards/cache.ts';
import { CHAOS } from './boards/chaos.ts';
import { DATABASE } from './boards/database.ts';
import { EDGE } from './boards/edge.ts';
import { HOSTS } from './boards/hosts.ts';
import { LB } from './boards/lb.ts';
import { LOAD } from './boards/load.ts';
import { MONITORS } from './boards/monitors.ts';
import { OBJECTIVES } from './boards/objectives.ts';
import { OVERVIEW } from './boards/overview.ts';
import { PROBES } from './boards/probes.ts';
import { USER_BEHAVIOUR } from './boards/user-behaviour.ts';
import { WEB_BOARD } from './boards/web.ts';
import { BUILT_IN, substitute } from './substitute.ts';

/** All boards, from the site as a whole to its parts. */
export const BOARDS: readonly Board[] = [
  OVERVIEW,
  OBJECTIVES,
  PROBES,
  USER_BEHAVIOUR,
  EDGE,
  LB,
  WEB_BOARD,
  APP_BOARD,
  DATABASE,
  CACHE_BOARD,
  HOSTS,
  MONITORS,
  LOAD,
  CHAOS,
];

/** All expressions of the boards, with values for Grafana's built-in variables. */
export function boardExpressions(): readonly string[] {
  return BOARDS.flatMap((board) =>
    dataPanelsOf(board).flatMap(({ queries }) => queries.map(({ expr }) => substitute(expr, BUILT_IN))),
  );
}
