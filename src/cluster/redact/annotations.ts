import { shareString } from './share.ts';
import { maskScript } from './text.ts';
import { mask } from './words.ts';

/** Copies of the whole object, as the tools that apply it leave them, Secrets' data and all. */
const copies = /last-applied|applied-configuration|\/original(?:-diff)?(?:-md5)?$|objectset\.rio\.cattle\.io\/applied/;
const longest = 4_096;

/** Annotations without copies of the object; documents and blobs among the rest are masked, their names stay. */
export function annotations(record: Readonly<Record<string, unknown>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(record)) {
    if (typeof value !== 'string' || copies.test(name) || name === '__proto__') continue;
    kept[shareString(name)] = shareString(isDocument(value) ? mask : maskScript(value));
  }
  return kept;
}

function isDocument(value: string): boolean {
  if (value.length > longest) return true;
  const start = value.charAt(0);
  if (start === '{') return value.includes('"apiVersion"') || value.includes('"data"');
  // gzip and zip in base64.
  return /^(?:H4sI|UEsD)/.test(value);
}
