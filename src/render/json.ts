import type { Report } from '../model/report.ts';
import { escapeJson } from './terminal.ts';

/** The report as JSON, in the form of schema/report.json: the same report gives the same bytes. */
export function renderJson(report: Report): string {
  return `${escapeJson(JSON.stringify(report, undefined, 2))}\n`;
}
