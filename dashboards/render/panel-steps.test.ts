import { expect, it } from 'vitest';
import { VITAL_NAMES, VITALS } from '../../deploy/model/web-vitals.ts';
import { dataPanelsOf } from '../board.ts';
import { USER_BEHAVIOUR } from '../boards/user-behaviour.ts';
import { CONTEXT } from '../lint/fixture.ts';
import { panelSteps } from './panel-steps.ts';

it.each(VITAL_NAMES)('the panel of %s changes colour at the limits of good and poor', (name) => {
  const panel = dataPanelsOf(USER_BEHAVIOUR).find(({ vital }) => vital === name);
  if (panel === undefined) throw new Error(`no panel of ${name}`);
  expect(panelSteps(panel, CONTEXT).map(({ value, color }) => [value, color])).toEqual([
    [null, 'green'],
    [VITALS[name].good, 'orange'],
    [VITALS[name].poor, 'red'],
  ]);
});
