import { escapeJson } from './terminal.ts';

/** A value as indented JSON that no terminal acts upon, with its last line feed. */
export function jsonText(value: object): string {
  return `${escapeJson(JSON.stringify(value, undefined, 2))}\n`;
}
