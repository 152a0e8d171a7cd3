import { createHash } from 'node:crypto';
import type { Report } from '../../model/report.ts';
import type { RenderOptions } from '../formats.ts';
import { certificatesOf } from './certificates.ts';
import { baselineOf, ignoredOf } from './compared.ts';
import { coverageOf, runOf } from './coverage.ts';
import { type Html, html, htmlText, trusted } from './escape.ts';
import { filterOf, namespacesOf } from './filters.ts';
import { gpuOf } from './gpu.ts';
import { headerOf, toneOf, verdictOf } from './header.ts';
import { incidentOf, type PageContext } from './incident.ts';
import style from './page.css?text';
import script from './page.js?text';

/**
 * The report as one HTML file, for people: it loads nothing, and its Content-Security-Policy allows its own style sheet and its own
 * script, by their hashes, and nothing else. The script filters, copies and opens; without it everything can still be read.
 */
export function renderHtml(report: Report, options: RenderOptions = {}): string {
  const problems = new Map(report.problems.map((problem) => [problem.id, problem]));
  const namespaces = namespacesOf(report);
  const context: PageContext = {
    report,
    problemOf: (id) => problems.get(id),
    titleOf: (code) => options.titleOf?.(code) ?? code,
    placeOf: namespaces.placeOf,
  };
  const parts = [
    { id: 'accelerators', title: 'Accelerators', body: gpuOf(report) },
    { id: 'certificates', title: 'Certificates', body: certificatesOf(report) },
    { id: 'baseline', title: 'Since the baseline', body: baselineOf(context) },
    { id: 'ignored', title: 'Ignored', body: ignoredOf(context) },
    { id: 'not-checked', title: 'Not checked', body: coverageOf(report) },
  ].filter(({ body }) => body !== undefined);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="mekhanikube ${report.tool.version}" />
        <title>${verdictOf(report)} - ${report.cluster.name}</title>
        <link rel="icon" href="${icons[toneOf(report)]}" />
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <a class="skip" href="#incidents">Skip to the incidents</a>
        ${headerOf(report)}
        <nav aria-label="Parts of the report">
          <ul>
            ${[{ id: 'incidents', title: 'Incidents' }, ...parts].map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>
        <main>
          ${incidentsOf(context, report.incidents.length > 1 && filterOf(report, namespaces))}
          ${parts.map(({ body }) => body)}
        </main>
        ${runOf(report)}
        <p id="said" class="hidden" role="status"></p>
        ${trusted(`<script>${script}</script>`)}
      </body>
    </html> `;
  return `${htmlText(page).trim()}\n`;
}

function incidentsOf(context: PageContext, filter: Html | false): Html {
  const { incidents, stats, complete } = context.report;
  const nothing = stats.objects === 0 ? 'No object was seen, so nothing can be said.' : 'Nothing is wrong';
  return html`<section id="incidents" aria-labelledby="incidents-title" tabindex="-1">
    <h2 id="incidents-title">Incidents</h2>
    ${incidents.length === 0 ? html`<p class="lead">${nothing}${stats.objects > 0 && (complete ? '.' : ' in what could be seen.')}</p>` : filter}
    ${incidents.map((incident, index) => incidentOf(incident, index + 1, context))}
  </section>`;
}

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Images are the page's icon alone, which is part of it. */
const policy = [
  "default-src 'none'",
  `style-src ${sha256(style)}`,
  `script-src ${sha256(script)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** A disc in the colour of the verdict, so that a tab tells how things stand. */
const icon = (color: string, sign: string) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="${color}"/><path d="${sign}" fill="none" stroke="#fff" stroke-width="2"/></svg>`)}`;

const icons = {
  critical: icon('#b3261e', 'M5 5l6 6m0-6l-6 6'),
  warning: icon('#9a5b00', 'M8 3.5v5.5m0 2v2'),
  good: icon('#1b7a4b', 'M4 8.5l3 3 5-6'),
} as const;
