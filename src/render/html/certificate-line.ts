import { millis } from '../../graph/time.ts';
import type { CertificateRow } from '../../model/certs-schema.ts';
import { type Html, html } from './escape.ts';
import type { TimeScale } from './time-scale.ts';

const day = 86_400_000;

/** From now to its end, with a sign whose shape tells how it stands, and a tick where it is renewed. */
export function lineOf(one: CertificateRow, scale: TimeScale, takenAt: string): Html {
  const { severity, renewal } = one;
  const now = scale.at(0);
  const end = scale.at(daysOf(one, takenAt));
  const due = daysTo(renewal?.at, takenAt);
  return html`<svg class="life" aria-hidden="true" focusable="false">
    <line x1="${Math.min(now, end)}%" x2="${Math.max(now, end)}%" y1="50%" y2="50%" />
    ${due !== undefined && html`<g><title>renewal due</title><circle class="renewal" cx="${scale.at(due)}%" cy="50%" r="3" /></g>`}<svg
      x="${end}%"
      y="50%"
      overflow="visible"
    >
      ${signs[severity ?? 'good']}
    </svg>
  </svg>`;
}

const signs = {
  critical: html`<rect x="-5" y="-5" width="10" height="10" transform="rotate(45)" />`,
  warning: html`<path d="M0-6l6 11h-12z" />`,
  info: html`<rect x="-4.5" y="-4.5" width="9" height="9" />`,
  good: html`<circle r="5" />`,
} as const;

/** Days to its end, negative after it, with their fraction. */
export function daysOf({ notAfter, daysLeft }: CertificateRow, takenAt: string): number {
  return daysTo(notAfter, takenAt) ?? daysLeft;
}

function daysTo(time: string | undefined, takenAt: string): number | undefined {
  const then = millis(time);
  const now = millis(takenAt);
  return then === undefined || now === undefined ? undefined : (then - now) / day;
}
