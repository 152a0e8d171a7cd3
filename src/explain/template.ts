type Values = Readonly<Record<string, string>>;

const placeholder = /\{\{\s*([A-Za-z][\w-]*)\s*\}\}/g;
const plain = /^[A-Za-z0-9._:/@][A-Za-z0-9._:/=@-]*$/;
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Fills the placeholders of a text; undefined where one has no value. */
export function fillText(template: string, values: Values): string | undefined {
  return fill(template, (name) => valueOf(values, name));
}

/** Fills prose sentence by sentence, leaving out those with a placeholder that has no value. */
export function fillProse(template: string, values: Values): string {
  return template
    .split(/(?<=[.!?]) +(?=[A-Z`{])/)
    .map((sentence) => fillText(sentence, values))
    .filter((sentence) => sentence !== undefined)
    .join(' ');
}

/**
 * Fills the placeholders of a shell command so that every value stays the one word, or the part of a word, that it stands for.
 * Undefined where a value is missing or cannot be put into a command that a person copies: one that would be read as a flag, or
 * holds characters that a terminal does not show.
 */
export function fillCommand(template: string, values: Values): string | undefined {
  return fill(template, (name, offset) => {
    const value = valueOf(values, name);
    if (value === undefined || invisible.test(value)) return undefined;
    const before = template.slice(0, offset);
    const quote = openQuote(before);
    if (quote === undefined && value.startsWith('-') && /(^|\s)$/.test(before)) return undefined;
    return quoted(value, quote);
  });
}

function fill(template: string, valueAt: (name: string, offset: number) => string | undefined): string | undefined {
  let missing = false;
  const text = template.replaceAll(placeholder, (_whole, name: string, offset: number) => {
    const value = valueAt(name, offset);
    missing ||= value === undefined;
    return value ?? '';
  });
  return missing ? undefined : text;
}

/** Values come from objects of the cluster, which in a recording may hold a number where the API has a text. */
function valueOf(values: Values, name: string): string | undefined {
  const value: unknown = Object.hasOwn(values, name) ? values[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The quote that is open at the end of a piece of a command. */
function openQuote(text: string): "'" | '"' | undefined {
  let open: "'" | '"' | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (char === '\\' && open !== "'") index += 1;
    else if (char === open) open = undefined;
    else if (open === undefined && (char === "'" || char === '"')) open = char;
  }
  return open;
}

function quoted(value: string, quote: "'" | '"' | undefined): string {
  const inSingle = value.replaceAll("'", String.raw`'\''`);
  if (quote === "'") return inSingle;
  // An interactive shell expands ! within double quotes, and no backslash helps there: the quotes are left for it.
  if (quote === '"') return value.replaceAll(/[\\"$`]/g, String.raw`\$&`).replaceAll('!', `"'!'"`);
  return plain.test(value) ? value : `'${inSingle}'`;
}
