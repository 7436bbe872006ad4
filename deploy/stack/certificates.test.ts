import { expect, it } from 'vitest';
import { RENEWAL_MS } from './certificates.ts';
import { DRILL, PRODUCTION } from '../model/profile.ts';

it.each([DRILL, PRODUCTION])(
  'with the $name profile, `up` renews a certificate long before it alerts',
  ({ monitoring }) => {
    expect(monitoring.certificateHorizonMs).toBeLessThanOrEqual(RENEWAL_MS / 2);
  },
);
