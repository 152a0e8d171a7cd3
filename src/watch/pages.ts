import type { Format } from '../model/formats.ts';
import type { Report } from '../model/report.ts';
import { rendererOf, type RenderOptions } from '../render/formats.ts';
import type { Page } from './server.ts';
import type { WatchState } from './state.ts';

const pages: ReadonlyMap<string, { readonly format: Format; readonly type: string }> = new Map([
  ['/', { format: 'html', type: 'text/html; charset=utf-8' }],
  ['/metrics', { format: 'prometheus', type: 'text/plain; version=0.0.4; charset=utf-8' }],
  ['/report.json', { format: 'json', type: 'application/json' }],
]);

/**
 * What is served: the last report as metrics, JSON and a page, each made when it is first asked for, and the state of the watch.
 * @param stateNow undefined until the cluster was looked at.
 */
export function pagesOf(
  stateNow: () => WatchState | undefined,
  options: RenderOptions,
): (path: string) => Promise<Page | undefined> {
  let of: Report | undefined;
  const made = new Map<Format, Promise<string>>();
  return async (path) => {
    const state = stateNow();
    const report = state?.report;
    if (path === '/healthz') return health(report);
    const page = pages.get(path);
    if (page === undefined) return undefined;
    const { format, type } = page;
    if (state === undefined || report === undefined)
      return { status: 503, type: 'text/plain; charset=utf-8', body: 'The cluster has not been read yet.\n' };
    if (of !== report) made.clear();
    of = report;
    const body = made.get(format) ?? rendererOf(format).then((render) => render(report, options));
    made.set(format, body);
    const own = path === '/metrics' ? ownMetrics(state) : '';
    return { type, body: (await body) + own };
  };
}

/** The watch lives as long as it answers, whatever the cluster does: a restart would lose the last report. */
function health(report: Report | undefined): Page {
  const type = 'text/plain; charset=utf-8';
  if (report === undefined) return { type, body: 'ok, the cluster has not been read yet\n' };
  const body = report.stale === undefined ? 'ok\n' : `ok, but the report is stale since ${report.stale.since}\n`;
  return { type, body };
}

/** How the looks went. */
function ownMetrics({ succeeded, failed }: WatchState): string {
  return [
    '# HELP mekhanikube_watch_looks_total How often the cluster was looked at, by result.',
    '# TYPE mekhanikube_watch_looks_total counter',
    `mekhanikube_watch_looks_total{result="success"} ${succeeded}`,
    `mekhanikube_watch_looks_total{result="failure"} ${failed}`,
    '',
  ].join('\n');
}
