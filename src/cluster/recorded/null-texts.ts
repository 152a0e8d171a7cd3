import { isRecord } from '../shape.ts';

/** Maps of texts, in which an empty value is a value. */
const textMaps = new Set(['annotations', 'data', 'labels', 'matchLabels', 'nodeSelector', 'selector']);
/** Fields in which an empty text means something else than none. */
const emptyMatters = new Set(['storageClassName']);

/**
 * A document of Rancher's support-bundle-kit, which puts `"null"` for every empty text and every null, and `"null` after a text that
 * ends in a quotation mark (pkg/manager/collectors/common.go, toObjCommon): without those.
 */
export function withoutNullTexts(document: unknown): unknown {
  return restored(document, false);
}

function restored(value: unknown, keepsEmpty: boolean): unknown {
  if (typeof value === 'string') {
    if (value === 'null') return keepsEmpty ? '' : undefined;
    return value.endsWith('"null') ? value.slice(0, -'null'.length) : value;
  }
  if (Array.isArray(value)) return value.map((one) => restored(one, true));
  if (!isRecord(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) {
    const kept = isRecord(one) && textMaps.has(key) ? texts(one) : restored(one, emptyMatters.has(key));
    if (kept !== undefined) result[key] = kept;
  }
  return result;
}

function texts(map: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([key, one]) => [key, restored(one, true)]));
}
