import type { z } from 'zod';
import type { Frozen } from './frozen.ts';
import type { reportSchema } from './report-schema.ts';

/** Everything a run has to say: the one object that every renderer prints. Its form is schema/report.json. */
export type Report = Frozen<z.infer<typeof reportSchema>>;

export type ReportProblem = Report['problems'][number];
export type ReportIncident = Report['incidents'][number];
export type ReportScope = Report['scope'];
export type Explanation = ReportIncident['explanation'];
export type Step = Explanation['steps'][number];

/** The version of the form, for those who build a report. */
export const reportVersion: Report['schemaVersion'] = '1';
