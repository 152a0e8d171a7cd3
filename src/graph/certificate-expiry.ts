import type { Severity } from '../model/finding.ts';
import type { Certificate } from './x509.ts';

/** How long before its end a certificate is worth telling, in seconds. Certificates of short life are told later: see `expiryOf`. */
export interface ExpiryLimits {
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
}

export interface Expiry {
  readonly state: 'expired' | 'expiring' | 'not yet valid';
  readonly severity: Severity;
}

type Dates = Pick<Certificate, 'notBefore' | 'notAfter'>;

/** Clocks differ, and who makes a certificate may date it by his own. */
const clockSkew = 3_600_000;

/**
 * What the dates of a certificate say at a moment; undefined where all is well. With L its whole life: critical with less than a tenth
 * of L left, warning with less than a quarter, info with less than a third, and never earlier than the limits allow, so that one rule
 * fits lives of a day and of ten years.
 * @param at milliseconds since the epoch.
 */
export function expiryOf({ notBefore, notAfter }: Dates, at: number, limits: ExpiryLimits): Expiry | undefined {
  if (at > notAfter) return { state: 'expired', severity: 'critical' };
  if (at < notBefore) {
    return { state: 'not yet valid', severity: notBefore - at < clockSkew ? 'warning' : 'critical' };
  }
  const life = (notAfter - notBefore) / 1000;
  const left = (notAfter - at) / 1000;
  const within = (limit: number, share: number) => left < Math.min(limit, share * life);
  const severity = within(limits.critical, 0.1)
    ? 'critical'
    : within(limits.warning, 0.25)
      ? 'warning'
      : within(limits.info, 0.33)
        ? 'info'
        : undefined;
  return severity === undefined ? undefined : { state: 'expiring', severity };
}

/** The same for what is renewed by itself: told only when so little is left that the renewal must have failed. */
export function renewedExpiryOf(certificate: Dates, at: number): Expiry | undefined {
  const expiry = expiryOf(certificate, at, { critical: 7 * 86_400, warning: 0, info: 0 });
  return expiry?.state === 'expiring' ? { state: 'expiring', severity: 'warning' } : expiry;
}
