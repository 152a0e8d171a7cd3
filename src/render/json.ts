import type { Report } from '../model/report.ts';
import { jsonText } from './json-text.ts';

/** The report as JSON, in the form of schema/report.json: the same report gives the same bytes. */
export function renderJson(report: Report): string {
  return jsonText(report);
}
