import { momentOf } from '../../graph/moment.ts';
import { nearest } from '../../graph/nearest.ts';
import { codePattern } from '../../model/ignore.ts';

const prefix = 'mekhanikube.io/';
export const ignoreAnnotation = `${prefix}ignore`;
const reasonAnnotation = `${prefix}ignore-reason`;
const untilAnnotation = `${prefix}ignore-until`;
const known = [ignoreAnnotation, reasonAnnotation, untilAnnotation];

/** How much of a text of the cluster is repeated. */
const longest = 200;

/** What the annotations of one object say of problems to ignore. */
export interface Annotated {
  /** Patterns of codes; none where nothing is to be ignored. */
  readonly codes: readonly string[];
  readonly reason?: string;
  /** RFC 3339. */
  readonly until?: string;
  /** What is wrong with the annotations, each as the end of a sentence that begins with the object. */
  readonly faults: readonly string[];
}

const nothing: Annotated = { codes: [], faults: [] };

/** Reads the annotations of an object. A word that is no code does not take away the others; an end that is no date takes away all. */
export function readAnnotations(annotations: Readonly<Record<string, string>> | undefined): Annotated {
  const names = Object.keys(annotations ?? {}).filter((name) => name.startsWith(prefix));
  if (annotations === undefined || names.length === 0) return nothing;
  const value = annotations[ignoreAnnotation];
  const reason = annotations[reasonAnnotation];
  const end = annotations[untilAnnotation];
  const until = end === undefined ? undefined : momentOf(end.trim());
  const words = (value ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const isBad = (word: string) => !codePattern.test(word);
  const faults = [
    ...names.filter((name) => !known.includes(name)).map(unknownName),
    ...(value === undefined
      ? names.filter((name) => name === reasonAnnotation || name === untilAnnotation).map(idle)
      : words.length === 0
        ? [`${ignoreAnnotation} names no code`]
        : words.filter(isBad).map((word) => `${ignoreAnnotation}: ${quoted(word)} is no code`)),
    ...(end !== undefined && until === undefined
      ? [`${untilAnnotation}: ${quoted(end)} is no date such as 2026-12-31, so that nothing is ignored`]
      : []),
  ];
  const isOff = value === undefined || (end !== undefined && until === undefined);
  return {
    codes: isOff ? [] : words.filter((word) => !isBad(word)),
    ...(reason === undefined || reason.trim() === '' ? {} : { reason: cut(reason.trim()) }),
    ...(until === undefined ? {} : { until }),
    faults,
  };
}

function unknownName(name: string): string {
  const own = (one: string) => one.slice(prefix.length);
  const like = nearest(own(name), known.map(own));
  return `there is no annotation ${cut(name)}${like === undefined ? '' : `: did you mean ${prefix}${like}?`}`;
}

function idle(name: string): string {
  return `${name} has no effect without ${ignoreAnnotation}`;
}

function quoted(text: string): string {
  return JSON.stringify(cut(text));
}

function cut(text: string): string {
  const letters = Array.from(text.slice(0, 2 * longest));
  return letters.length <= longest ? text : `${letters.slice(0, longest).join('')}...`;
}
