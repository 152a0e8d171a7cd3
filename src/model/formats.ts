/** The forms that a report can be printed in. What prints each stands in src/render/formats.ts. */
export const formats = ['text', 'json', 'jsonl', 'yaml', 'markdown', 'prometheus', 'html'] as const;

export type Format = (typeof formats)[number];
