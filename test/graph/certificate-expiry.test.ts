import { expect, test } from 'vitest';
import { expiryOf, renewedExpiryOf } from '../../src/graph/certificate-expiry.ts';
import { certificatesOf } from '../../src/graph/x509.ts';
import { now } from '../support/objects.ts';
import { make } from '../support/x509.ts';

const day = 86_400;
const limits = { critical: 7 * day, warning: 28 * day, info: 60 * day };

test.each([
  // Ten years, one year, 90 days, a day: days lived, days left.
  ['ten years, two left', 2_920, 730, undefined],
  ['ten years, 59 days left', 3_591, 59, 'expiring info'],
  ['ten years, 27 days left', 3_623, 27, 'expiring warning'],
  ['a year, 6 days left', 359, 6, 'expiring critical'],
  ['90 days, 31 left: not renewed yet at two thirds of its life', 59, 31, undefined],
  ['90 days, 29 left', 61, 29, 'expiring info'],
  ['90 days, 22 left', 68, 22, 'expiring warning'],
  ['90 days, 6 left', 84, 6, 'expiring critical'],
  ['a day, 12 hours left', 0.5, 0.5, undefined],
  ['a day, 5 hours left', 19 / 24, 5 / 24, 'expiring warning'],
  ['a day, 2 hours left', 22 / 24, 2 / 24, 'expiring critical'],
  ['over since a day', 90, -1, 'expired critical'],
  ['begins tomorrow', -1, 90, 'not yet valid critical'],
  ['begins in half an hour: clocks differ', -1 / 48, 90, 'not yet valid warning'],
])('%s', (_, from, days, expected) => {
  const [certificate] = certificatesOf(make({ from, days }).pem);
  const expiry = expiryOf(certificate!, Date.parse(now), limits);
  expect(expiry === undefined ? undefined : `${expiry.state} ${expiry.severity}`).toBe(expected);
});

test.each([
  [68, 22, undefined],
  [84, 6, 'expiring warning'],
  [90, -1, 'expired critical'],
  [23 / 24, 1 / 24, 'expiring warning'],
  [0.7, 0.3, undefined],
])('what is renewed by itself, %s days old and %s to go', (from, days, expected) => {
  const [certificate] = certificatesOf(make({ from, days }).pem);
  const expiry = renewedExpiryOf(certificate!, Date.parse(now));
  expect(expiry === undefined ? undefined : `${expiry.state} ${expiry.severity}`).toBe(expected);
});
