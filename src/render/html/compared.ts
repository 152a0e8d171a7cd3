import type { Report } from '../../model/report.ts';
import { type Html, html } from './escape.ts';
import { totalOf } from './header.ts';
import type { PageContext } from './incident.ts';
import { count, objectOf, severityMark, timeOf, whole } from './words.ts';

type Brief = NonNullable<Report['baseline']>['resolved'][number] & { readonly why?: string };

/** What is new, known, gone and no longer seen against a baseline. Nothing where none was given. */
export function baselineOf({ report: { baseline }, titleOf }: PageContext): Html | undefined {
  if (baseline === undefined) return undefined;
  const { takenAt, known, resolved, unseen } = baseline;
  const fresh = totalOf(baseline.new);
  return html`<section id="baseline" aria-labelledby="baseline-title">
    <h2 id="baseline-title">Since the baseline</h2>
    <p>
      Compared with the report of ${timeOf(takenAt)}: <b>${whole(fresh)} new</b>, ${whole(totalOf(known))} known,
      ${whole(resolved.length)} resolved.
    </p>
    ${briefsOf('Resolved', resolved, titleOf)} ${briefsOf('No longer seen: not resolved for sure', unseen, titleOf)}
  </section>`;
}

function briefsOf(title: string, briefs: readonly Brief[], titleOf: PageContext['titleOf']): Html | undefined {
  if (briefs.length === 0) return undefined;
  return html`<details${briefs.length <= 10 && html` open`}><summary><h3>${title}</h3> <span class="note">${whole(briefs.length)}</span></summary><ul class="briefs">${briefs.map((one) => html`<li>${briefOf(one, titleOf)}</li>`)}</ul></details>`;
}

function briefOf({ code, severity, object, message, why }: Brief, titleOf: PageContext['titleOf']): Html {
  return html`<p>${severityMark(severity)} <b>${titleOf(code)}</b> ${objectOf(object)}</p>
    <p class="note">${message}</p>
    ${why !== undefined && html`<p class="note">Not seen now: ${why}</p>`}`;
}

/** What somebody said to ignore, who, why and until when. Nothing where nothing is ignored. */
export function ignoredOf({ report: { suppressed }, titleOf }: PageContext): Html | undefined {
  if (suppressed.length === 0) return undefined;
  return html`<section id="ignored" aria-labelledby="ignored-title"><h2 id="ignored-title">Ignored</h2>
    <p>${count(suppressed.length, 'problem')} that somebody said to ignore. They count for nothing above.</p>
    <details${suppressed.length <= 10 && html` open`}><summary>Show them</summary><ul class="briefs">${suppressed.map(
      (one) =>
        html`<li>
          ${briefOf(one, titleOf)}
          <p class="note">
            By ${one.by}:
            <code>${one.rule}</code
            >${one.reason !== undefined && html`, because: ${one.reason}`}${one.until !== undefined && html`, until ${timeOf(one.until)}`}
          </p>
        </li>`,
    )}</ul></details>
  </section>`;
}
