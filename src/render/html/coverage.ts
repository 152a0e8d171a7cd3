import type { Report } from '../../model/report.ts';
import { type Html, html } from './escape.ts';
import { count, prose, timeOf, whole } from './words.ts';

/** What was not checked and why, what was taken for granted, and what would show more. It says so, too, where nothing is missing. */
export function coverageOf({ gaps, assumptions, hints, complete, stats }: Report): Html {
  const unseen = [
    ...Map.groupBy(
      gaps.filter(({ what }) => what !== 'explanation'),
      ({ reason }) => reason,
    ),
  ];
  const unexplained = gaps.filter(({ what }) => what === 'explanation');
  return html`<section id="not-checked" aria-labelledby="not-checked-title">
    <h2 id="not-checked-title">What was not checked</h2>
    ${complete && unseen.length === 0 && html`<p>${stats.objects === 0 ? 'No object was seen.' : 'Nothing is missing: everything that was asked for could be seen.'}</p>`}
    ${
      unseen.length > 0 &&
      html`<dl class="kinds">
        ${unseen.map(
          ([reason, own]) =>
            html`<div>
              <dt>${reason}</dt>
              <dd>
                <ul class="names">
                  ${own.map(({ what, name }) => html`<li>${what === 'resource' ? name : `${what} ${name}`}</li>`)}
                </ul>
              </dd>
            </div>`,
        )}
      </dl>`
    }
    ${listOf('Assumed', assumptions)} ${listOf('To see more', hints)}
    ${listOf(
      'Not explained by the model',
      unexplained.map(({ name, reason }) => `${name} (${reason})`),
    )}
  </section>`;
}

function listOf(title: string, texts: readonly string[]): Html | undefined {
  if (texts.length === 0) return undefined;
  return html`<h3>${title}</h3>
    <ul class="plain">
      ${texts.map((text) => html`<li>${prose(text)}</li>`)}
    </ul>`;
}

/** Of what the report was made, and by what. */
export function runOf({ tool, cluster, stats, takenAt, schemaVersion }: Report): Html {
  const seen = Object.entries(stats.resources).filter(([, number]) => number > 0);
  return html`<footer>
    <details>
      <summary>About this report</summary>
      <dl class="kinds">
        <div>
          <dt>Made by</dt>
          <dd>${tool.name} ${tool.version}, report version ${schemaVersion}</dd>
        </div>
        <div>
          <dt>Cluster</dt>
          <dd>${cluster.name}${cluster.server !== undefined && html`, ${cluster.server}`}</dd>
        </div>
        <div>
          <dt>As of</dt>
          <dd>${timeOf(takenAt)}</dd>
        </div>
        <div>
          <dt>Read</dt>
          <dd>
            ${count(stats.objects, 'object')}${stats.requests > 0 && `, ${count(stats.requests, 'request')}`},
            ${whole(stats.bytes)} bytes${stats.seconds !== undefined && ` in ${stats.seconds} s`}
          </dd>
        </div>
        <div>
          <dt>Looked for</dt>
          <dd>${count(stats.codes, 'kind')} of problem by ${count(stats.analyzers, 'analyzer')}</dd>
        </div>
        ${
          seen.length > 0 &&
          html`<div>
            <dt>Looked at</dt>
            <dd>
              <ul class="names">
                ${seen.map(([resource, number]) => html`<li>${resource} ${whole(number)}</li>`)}
              </ul>
            </dd>
          </div>`
        }
      </dl>
    </details>
  </footer>`;
}
