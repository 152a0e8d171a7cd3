import type { Report } from '../../model/report.ts';
import { checkedText, joined } from '../text-coverage.ts';
import { type Html, html } from './escape.ts';
import { count, severities, timeOf, whole } from './words.ts';

/** What the report says in a few words, as its heading and its title. */
export function verdictOf(report: Report): string {
  const { summary, stats, status, complete } = report;
  if (status === 'ok' && stats.objects === 0) return 'Nothing was checked';
  if (status === 'ok') return complete ? 'No problems found' : 'No problems found in what could be seen';
  const counts = severities.slice(0, 2).filter((one) => summary.incidents[one] > 0);
  const total = counts.reduce((sum, one) => sum + summary.incidents[one], 0);
  const listed = joined(counts.map((one) => `${whole(summary.incidents[one])} ${one}`));
  return `${listed} ${total === 1 ? 'incident' : 'incidents'}`;
}

/** How it stands at the worst: colours the mark beside the verdict. */
export function toneOf({ summary, stats, complete }: Report): 'critical' | 'warning' | 'good' {
  if (summary.incidents.critical > 0) return 'critical';
  return summary.incidents.warning > 0 || stats.objects === 0 || !complete ? 'warning' : 'good';
}

/** The head of the page: verdict, counts, and of which cluster, when and within what scope. */
export function headerOf(report: Report): Html {
  const { cluster, scope, takenAt, summary, baseline, gaps, suppressed } = report;
  const where = [cluster.context && `context ${cluster.context}`, cluster.version].filter(Boolean);
  const unseen = gaps.filter(({ what }) => what !== 'explanation').length;
  return html`<header class="top ${toneOf(report)}">
    ${staleOf(report)}
    <p class="brand"><span>mekhanikube</span> <button type="button" id="theme" hidden>Dark</button></p>
    <h1>${verdictOf(report)}</h1>
    <p class="lead">
      Cluster <b>${cluster.name}</b>${where.length > 0 && ` (${where.join(', ')})`},
      ${cluster.source === 'recorded' && 'recorded '}at ${timeOf(takenAt)}
    </p>
    <p class="note">
      Scope: ${scopeText(scope)}.
      ${report.stats.objects > 0 && `Checked ${checkedText(report)} for ${count(report.stats.codes, 'kind')} of problem.`}
    </p>
    <dl class="tiles">
      ${severities.map(
        (one) =>
          html`<div class="${one}${summary.incidents[one] === 0 ? ' none' : ''}">
            <dt><span class="sev ${one}">${one}</span></dt>
            <dd><b>${whole(summary.incidents[one])}</b> <span>${count(summary.problems[one], 'problem')}</span></dd>
          </div>`,
      )}
      ${
        baseline !== undefined &&
        html`<div>
          <dt><a href="#baseline">Baseline</a></dt>
          <dd><b>${whole(totalOf(baseline.new))}</b> <span>new, ${whole(baseline.resolved.length)} resolved</span></dd>
        </div>`
      }
      ${
        suppressed.length > 0 &&
        html`<div>
          <dt><a href="#ignored">Ignored</a></dt>
          <dd><b>${whole(suppressed.length)}</b> <span>${suppressed.length === 1 ? 'problem' : 'problems'}</span></dd>
        </div>`
      }
      ${
        unseen > 0 &&
        html`<div class="warning">
          <dt><a href="#not-checked">Not seen</a></dt>
          <dd><b>${whole(unseen)}</b> <span>${unseen === 1 ? 'gap' : 'gaps'}</span></dd>
        </div>`
      }
    </dl>
  </header>`;
}

/** Says that the cluster could not be read again, where that is so. */
function staleOf({ stale, takenAt }: Report): Html | undefined {
  return (
    stale &&
    html`<p class="stale" role="status">
      <b>Stale.</b> The cluster could not be read since ${timeOf(stale.since)}: ${stale.reason}. This is how it stood at
      ${timeOf(takenAt)}.
    </p>`
  );
}

function scopeText({ namespaces, selector, filters, targets }: Report['scope']): string {
  const names = `${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${joined(namespaces)}`;
  return [
    namespaces.length === 0 ? 'all namespaces' : names,
    ...(selector === undefined ? [] : [`labels ${selector}`]),
    ...(filters.length === 0 ? [] : [`only ${joined(filters)}`]),
    ...(targets.length === 0 ? [] : [joined(targets)]),
  ].join(', ');
}

/** How many of a count by severity. */
export function totalOf(counts: Readonly<Record<'critical' | 'warning' | 'info', number>>): number {
  return counts.critical + counts.warning + counts.info;
}
