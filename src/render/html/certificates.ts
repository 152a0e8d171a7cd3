import { millis } from '../../graph/time.ts';
import type { CertificateRow } from '../../model/certs-schema.ts';
import type { Report } from '../../model/report.ts';
import { nameText, whereText } from '../certs-cells.ts';
import { type Html, html } from './escape.ts';
import { type TimeScale, timeScale } from './time-scale.ts';
import { count, dateOf, objectOf, timeOf, whole } from './words.ts';

/** How many certificates are shown at once; the others are folded away. */
const shown = 20;
const day = 86_400_000;

/** When certificates end, on one line of time, worst first. Nothing where none were seen. */
export function certificatesOf({ certificates = [], takenAt }: Report): Html | undefined {
  if (certificates.length === 0) return undefined;
  const scale = timeScale(certificates.map(({ daysLeft }) => daysLeft));
  const rows = certificates.map((one) => rowOf(one, scale, takenAt));
  const rest = rows.slice(shown);
  const grid = gridOf(scale);
  const axis = html`<div class="axis" aria-hidden="true">
    <svg focusable="false">
      ${scale.ticks.map(({ label, at, look }) => html`<text x="${at}%" y="12" class="${look}">${label}</text>`)}
    </svg>
  </div>`;
  const list = (own: readonly Html[]) =>
    html`<div class="timeline">
      ${axis}
      <div class="rows">
        ${grid}
        <ul>
          ${own}
        </ul>
      </div>
    </div>`;
  return html`<section id="certificates" aria-labelledby="certificates-title">
    <h2 id="certificates-title">Certificates</h2>
    <p class="note">${summaryOf(certificates)} The nearer to now, the wider the scale.</p>
    ${list(rows.slice(0, shown))}
    ${
      rest.length > 0 &&
      html`<details class="rest">
        <summary>${count(rest.length, 'more certificate')}</summary>
        ${list(rest)}
      </details>`
    }
  </section>`;
}

function summaryOf(certificates: readonly CertificateRow[]): string {
  const expired = certificates.filter(({ state }) => state === 'expired').length;
  const soon = certificates.filter(({ state, severity }) => state === 'expiring' && severity !== 'info').length;
  const parts = [expired > 0 && `${whole(expired)} expired`, soon > 0 && `${whole(soon)} near the end`].filter(Boolean);
  return `${[count(certificates.length, 'certificate'), ...parts].join(', ')}.`;
}

function gridOf({ ticks }: TimeScale): Html {
  return html`<svg class="grid" aria-hidden="true" focusable="false">
    ${ticks.map(({ at, label }) => html`<line x1="${at}%" x2="${at}%" y1="0" y2="100%" ${label === 'now' && html` class="now"`} />`)}
  </svg>`;
}

function rowOf(one: CertificateRow, scale: TimeScale, takenAt: string): Html {
  const { severity, state, notAfter, renewal, issuer, selfSigned, users } = one;
  return html`<li class="cert ${severity ?? 'good'}">
    <details>
      <summary>
        <span class="name"><b>${nameText(one)}</b> <span class="note">${whereText(one)}</span></span
        >${lineOf(one, scale, takenAt)}<span class="left"
          ><b>${leftOf(one)}</b>
          <span class="note">${state === 'expired' ? 'ended' : 'ends'} ${dateOf(notAfter)}</span></span
        >
      </summary>
      <dl class="kinds">
        <div>
          <dt>Issuer</dt>
          <dd>${selfSigned ? 'itself' : issuer}</dd>
        </div>
        <div>
          <dt>Valid</dt>
          <dd>${timeOf(one.notBefore)} to ${timeOf(notAfter)}</dd>
        </div>
        ${
          one.names.length > 0 &&
          html`<div>
            <dt>Names</dt>
            <dd>${one.names.join(', ')}</dd>
          </div>`
        }
        ${
          one.key !== undefined &&
          html`<div>
            <dt>Key</dt>
            <dd>${one.key}</dd>
          </div>`
        }
        <div>
          <dt>Lies in</dt>
          <dd>
            <ul>
              ${one.places.map(({ object, field }) => html`<li>${objectOf(object)} <code>${field}</code></li>`)}
            </ul>
          </dd>
        </div>
        ${
          users.length > 0 &&
          html`<div>
            <dt>Used by</dt>
            <dd>
              <ul>
                ${users.map((user) => html`<li>${objectOf(user)}</li>`)}
              </ul>
            </dd>
          </div>`
        }
        <div>
          <dt>Renewed by</dt>
          <dd>
            ${renewal === undefined ? 'nobody that is known' : renewal.by}${renewal?.at !== undefined && html`, next ${timeOf(renewal.at)}`}
          </dd>
        </div>
        ${
          one.fingerprint !== undefined &&
          html`<div>
            <dt>SHA-256</dt>
            <dd><code>${one.fingerprint}</code></dd>
          </div>`
        }
      </dl>
    </details>
  </li>`;
}

function leftOf({ state, daysLeft }: CertificateRow): string {
  if (state === 'not yet valid') return 'not yet valid';
  if (state === 'expired') return `expired ${count(Math.abs(daysLeft), 'day')} ago`;
  return `${count(daysLeft, 'day')} left`;
}

/** From now to its end, with a sign whose shape tells how it stands, and a tick where it is renewed. */
function lineOf({ daysLeft, severity, renewal }: CertificateRow, scale: TimeScale, takenAt: string): Html {
  const now = scale.at(0);
  const end = scale.at(daysLeft);
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

function daysTo(time: string | undefined, takenAt: string): number | undefined {
  const then = millis(time);
  const now = millis(takenAt);
  return then === undefined || now === undefined ? undefined : (then - now) / day;
}
