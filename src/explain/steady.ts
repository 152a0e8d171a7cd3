const longest = 300;

/** Before numbers that say what is wrong, not how often or how much: exit codes, HTTP status codes, ports, signals. So does none. */
const kept = String.raw`(?<!(?:code|status|port|signal|errno|http|exit)[ :=]{1,2})`;
const rules: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, 'TIME'],
  [/\bsha256:[0-9a-f]{8,64}/g, 'DIGEST'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, 'ID'],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, 'HASH'],
  [/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g, 'IP'],
  [/(?<![\w.-])(?:\d+(?:\.\d+)?(?:h|ms|m|s|d))+(?![\w-])/g, 'DURATION'],
  [/\[\d+\]/g, '[N]'],
  [new RegExp(`${kept}(?<![\\w.-])(?!0(?![\\w.]))\\d+(?:\\.\\d+)?(?=(?:[KMGTP]i?|%)?(?![\\w-]|\\.\\d))`, 'gi'), 'N'],
];

/**
 * A text without what changes from run to run and from twin to twin: times, digests, ids, addresses, lengths of time, counts and list
 * positions. What is left says what happened, so that equal faults give equal texts.
 */
export function steady(text: string): string {
  return rules.reduce((result, [pattern, word]) => result.replace(pattern, word), text);
}

/**
 * Makes text from a cluster fit for a prompt: one line, cut to a bounded length, without control characters and without the brackets
 * that chat templates are made of.
 */
export function tame(text: string): string {
  const flat = text
    .slice(0, 4 * longest)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll(/\[(?=\/?(?:INST|SYS|TOOL|AVAILABLE)|\|)/gi, '(')
    .trim();
  return flat.length <= longest ? flat : `${flat.slice(0, longest)}...`;
}
