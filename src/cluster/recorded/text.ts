import { UserError } from '../../errors.ts';

/**
 * A text file as UTF-8 without a byte order mark. PowerShell's `>` writes UTF-16.
 * @throws UserError for an empty file and for what is not text, telling what it seems to be.
 */
export function utf8(bytes: Buffer, label: string): Buffer {
  const text = decoded(bytes);
  if (isBlank(text)) throw empty(label);
  if (text.subarray(0, 1_024).includes(0)) throw binary(text, label);
  return text;
}

function isBlank(text: Buffer): boolean {
  return text.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

function decoded(bytes: Buffer): Buffer {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return recode(bytes.subarray(2), 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return recode(bytes.subarray(2), 'utf-16be');
  // Without a mark: a JSON or YAML file begins with ASCII, so every other byte is zero.
  if (bytes.length > 3 && bytes[1] === 0 && bytes[3] === 0 && bytes[0] !== 0) return recode(bytes, 'utf-16le');
  if (bytes.length > 3 && bytes[0] === 0 && bytes[2] === 0 && bytes[1] !== 0) return recode(bytes, 'utf-16be');
  return bytes;
}

function recode(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): Buffer {
  return Buffer.from(new TextDecoder(encoding).decode(bytes), 'utf8');
}

function empty(label: string): UserError {
  return new UserError('file-empty', `${label} is empty`, {
    hint: 'kubectl wrote nothing into it: look at what it printed on the terminal.',
  });
}

const magics: readonly (readonly [string, string])[] = [
  ['PK\u0003\u0004', 'a zip archive'],
  ['BZh', 'bzip2 data'],
  ['\u00fd7zXZ', 'xz data'],
  ['\u0028\u00b5\u002f\u00fd', 'zstd data'],
  ['7z\u00bc\u00af', 'a 7z archive'],
];

function binary(bytes: Buffer, label: string): UserError {
  const head = bytes.subarray(0, 8).toString('latin1');
  const known = magics.find(([magic]) => head.startsWith(magic))?.[1];
  return new UserError('file-not-text', `${label} is ${known ?? 'not text'}`, {
    hint:
      known === undefined
        ? 'Give what kubectl get -o json or -o yaml wrote, or a snapshot.'
        : 'Unpack it and give --from the folder.',
  });
}

/** What a text is, where it cannot be JSON or YAML of objects though people give it: tables, descriptions, errors. */
export function notObjects(bytes: Buffer, label: string): UserError | undefined {
  const head = bytes.subarray(0, 4_096).toString('utf8').trimStart();
  const line = head.split(/\r?\n/, 1)[0] ?? '';
  const kind = kindOf(head, line);
  if (kind === undefined) return undefined;
  return new UserError('not-objects', `${label} holds ${kind.what}`, { hint: kind.hint ?? useJson });
}

const useJson = 'Write it with -o json (or -o yaml): kubectl get pods -A -o json > pods.json';

function kindOf(head: string, line: string): { what: string; hint?: string } | undefined {
  if (
    /^(?:NAMESPACE|NAME|LAST SEEN|TYPE|CLASS)(?: {2,}| *$|\t)/.test(line) ||
    / {2,}(?:AGE|READY|STATUS) {2,}/.test(line)
  )
    return { what: 'a table, as kubectl get prints it for people' };
  if (/^Name: {2,}\S/.test(line) && /^(?:Namespace|Labels|Annotations|Priority|Roles|Type|Status): /m.test(head))
    return { what: 'the text of kubectl describe' };
  if (/^[a-z][a-z0-9.-]*\/[a-z0-9][a-z0-9.:-]*$/.test(line)) return { what: 'names only, as -o name prints them' };
  if (line.startsWith('No resources found')) return { what: `kubectl's "${line}"` };
  if (/^(?:Error from server|error:|Unable to connect|The connection to the server|W\d{4} |E\d{4} )/.test(line))
    return {
      what: `an error message of kubectl: ${line.slice(0, 120)}`,
      hint: 'Repair that first, then record again.',
    };
  if (/^<(?:!doctype|html|\?xml)/i.test(line)) return { what: 'a web page' };
  return undefined;
}
