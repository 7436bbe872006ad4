import { expect, it } from 'vitest';
import { RENEWAL_MS } from './certificates.ts';
import { DRILL, PRODUCTION } from '../model/profile.ts';

it.each([DRILL, PRODUCTION])(
  'the $name profile tells of a certificate only when `up` has long been able to renew it',
  ({ monitoring }) => {
    expect(monitoring.certificateHorizonMs).toBeLessThanOrEqual(RENEWAL_MS / 2);
  },
);
