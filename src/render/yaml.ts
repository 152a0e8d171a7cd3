import type { FleetReport } from '../model/fleet-schema.ts';
import type { Report } from '../model/report.ts';
import { actedUpon } from './terminal.ts';

/**
 * The report as YAML, with the fields of schema/report.json. Written here and not by a library, for the one at hand takes seconds for
 * ten thousand problems and leaves format characters as they are.
 */
export function renderYaml(report: Report | FleetReport): string {
  const lines = new Lines();
  writeMap(report, '', '', lines);
  return lines.text();
}

/** Lines that become one text now and then: half a million texts at once take ten times the room. */
class Lines {
  #text = '';
  #pending: string[] = [];

  push(line: string): void {
    this.#pending.push(line);
    if (this.#pending.length > 10_000) this.text();
  }

  text(): string {
    if (this.#pending.length > 0) this.#text += `${this.#pending.join('\n')}\n`;
    this.#pending = [];
    return this.#text;
  }
}

/** Writes a value behind what its line begins with: `key:` or `-`. What follows on further lines is indented by `indent`. */
function write(value: unknown, first: string, indent: string, lines: Lines): void {
  if (Array.isArray(value)) {
    if (value.length === 0) lines.push(`${first} []`);
    else {
      lines.push(first);
      for (const item of value) writeItem(item, indent, lines);
    }
  } else if (typeof value === 'object' && value !== null) {
    if (isEmpty(value)) lines.push(`${first} {}`);
    else {
      lines.push(first);
      writeMap(value, indent, indent, lines);
    }
  } else lines.push(`${first} ${scalar(value)}`);
}

/** Writes an item of a list. The first field of an object stands on the line of its dash. */
function writeItem(value: unknown, indent: string, lines: Lines): void {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && !isEmpty(value);
  if (isMap) writeMap(value, `${indent}- `, `${indent}  `, lines);
  else write(value, `${indent}-`, `${indent}  `, lines);
}

function writeMap(value: object, first: string, indent: string, lines: Lines): void {
  let prefix = first;
  for (const [key, one] of Object.entries(value)) {
    if (one === undefined) continue;
    write(one, `${prefix}${scalar(key)}:`, `${indent}  `, lines);
    prefix = indent;
  }
}

function isEmpty(value: object): boolean {
  return Object.values(value).every((one) => one === undefined);
}

/** Words that YAML 1.1 or 1.2 reads as something else than text. */
const words = /^(?:true|false|yes|no|on|off|y|n|null)$/i;
/** Text that no reader takes for anything else: it begins with a letter, and a colon in it is followed by a word. */
const plain = /^[A-Za-z](?:[ \w./()[\],=-]|:(?=\w))*$/;

/** Text that needs it is in double quotes, with the escapes of JSON, which YAML shares; YAML does not allow U+FFFE and U+FFFF as they are. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (plain.test(value) && !value.endsWith(' ') && !words.test(value)) return value;
  return JSON.stringify(value)
    .replaceAll(actedUpon, escape)
    .replaceAll(/[\uFFFE\uFFFF]/g, escape);
}

/** By code point, for readers of YAML do not join the halves of a surrogate pair as those of JSON do. */
function escape(char: string): string {
  return `\\U${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(8, '0')}`;
}
