/** The forms that a report can be printed in. What prints each stands in src/render/formats.ts. */
export const formats = [
  'text',
  'json',
  'jsonl',
  'yaml',
  'markdown',
  'junit',
  'sarif',
  'gitlab',
  'github',
  'k8sgpt-json',
  'prometheus',
  'html',
] as const;

export type Format = (typeof formats)[number];
