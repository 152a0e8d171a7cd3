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
  prometheus: async () => (await import('./prometheus/prometheus.ts')).renderPrometheus,
};

/** The renderer of a format. */
export function rendererOf(format: Format): Promise<Renderer> {
  return renderers[format]();
}
