import { duration } from '../../graph/time.ts';
import type { CertificateRow } from '../../model/certs-schema.ts';
import type { Report } from '../../model/report.ts';
import { nameText, whereText } from '../certs-cells.ts';
import { daysOf, lineOf } from './certificate-line.ts';
import { type Html, html } from './escape.ts';
import { type TimeScale, timeScale } from './time-scale.ts';
import { count, dateOf, objectOf, timeOf, whole } from './words.ts';

/** How many certificates are shown at once; the others are folded away. */
const shown = 20;

/** When certificates end, on one line of time, worst first. Nothing where none were seen. */
export function certificatesOf({ certificates = [], takenAt }: Report): Html | undefined {
  if (certificates.length === 0) return undefined;
  const renewed = certificates.some(({ renewal }) => renewal?.at !== undefined);
  const scale = timeScale(certificates.map((one) => daysOf(one, takenAt)));
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
    <p class="note">
      ${summaryOf(certificates)} The nearer to now, the wider the scale.${renewed && ' A ring is the next renewal.'}
    </p>
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
          ><b>${leftOf(one, takenAt)}</b>
          <span class="note">${state === 'expired' ? 'ended' : 'ends'} ${dateOf(notAfter)}</span></span
        >
      </summary>
      <dl class="kinds">
        <div>
          <dt>Issuer</dt>
          <dd>${selfSigned ? 'itself' : issuer === '-' ? 'not seen' : issuer}</dd>
        </div>
        <div>
          <dt>Valid</dt>
          <dd>${one.notBefore !== undefined && html`${timeOf(one.notBefore)} `}to ${timeOf(notAfter)}</dd>
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

/** How long ago it ended or how long it lasts: in days, and by the hour where these are less than two. */
function leftOf(one: CertificateRow, takenAt: string): string {
  if (one.state === 'not yet valid') return 'not yet valid';
  const days = daysOf(one, takenAt);
  const length = Math.abs(days) < 2 ? duration(Math.abs(days) * 86_400) : count(Math.floor(Math.abs(days)), 'day');
  return days < 0 ? `expired ${length} ago` : `${length} left`;
}
