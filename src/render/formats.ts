import type { Severity } from '../model/finding.ts';
import type { Format } from '../model/formats.ts';
import type { Report } from '../model/report.ts';

/** What a renderer may need to know beside the report. Most need nothing: the form of the report is theirs to choose. */
export interface RenderOptions {
  /** The width of the terminal; 80 where there is none. */
  readonly columns?: number;
  readonly color?: boolean;
  /** Text: the least severity that is shown. */
  readonly severity?: Severity;
  /** Text: show every object and every piece of evidence. */
  readonly all?: boolean;
  /** The title of a code, where it is known. */
  readonly titleOf?: (code: string) => string | undefined;
  /** What the runbook says of a code, as Markdown for any object, where it is known. */
  readonly runbookOf?: (code: string) => string | undefined;
  /** The analyzers that ran, where they are known. */
  readonly analyzers?: readonly AnalyzerFacts[];
}

/** What is told of an analyzer where it found nothing. */
export interface AnalyzerFacts {
  readonly id: string;
  readonly title: string;
  /** The resources it reads, as gaps name them. */
  readonly reads: readonly string[];
}

/** Makes the whole output, with its last line feed. The same report gives the same bytes. */
export type Renderer = (report: Report, options: RenderOptions) => string;

/** Each renderer is loaded when it is asked for, for most runs need one. */
const renderers: Readonly<Record<Format, () => Promise<Renderer>>> = {
  text: async () => (await import('./text.ts')).renderText,
  json: async () => (await import('./json.ts')).renderJson,
  html: async () => (await import('./html/page.ts')).renderHtml,
  jsonl: async () => (await import('./jsonl.ts')).renderJsonl,
  yaml: async () => (await import('./yaml.ts')).renderYaml,
  markdown: async () => (await import('./markdown.ts')).renderMarkdown,
  junit: async () => (await import('./junit.ts')).renderJunit,
  sarif: async () => (await import('./sarif.ts')).renderSarif,
  gitlab: async () => (await import('./gitlab.ts')).renderGitlab,
  github: async () => (await import('./github.ts')).renderGithub,
  'k8sgpt-json': async () => (await import('./k8sgpt.ts')).renderK8sgpt,
  prometheus: async () => (await import('./prometheus/prometheus.ts')).renderPrometheus,
};

/** The renderer of a format. */
export function rendererOf(format: Format): Promise<Renderer> {
  return renderers[format]();
}
