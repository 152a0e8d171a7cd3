const longest = 200;
const headLength = 70;

/**
 * A text from the cluster for use inside a message: its first line that is not empty, at most 200 characters, without the full stop
 * at its end.
 */
export function quote(text: string | undefined): string {
  const line = (text ?? '').split(/[\r\n]+/).find((one) => one.trim() !== '') ?? '';
  return trimStops(shorten(line.replaceAll(/\s+/g, ' ').trim()));
}

/**
 * A long text without its middle, cut between words: a chain of errors ends with its cause. Of a JSON object, which ends with a stack,
 * the beginning.
 */
function shorten(line: string): string {
  if (line.length <= longest) return line;
  if (line.startsWith('{')) return `${line.slice(0, longest).trimEnd()}…`;
  const head = line.slice(0, headLength);
  const end = line.slice(headLength + 3 - longest);
  const stop = head.lastIndexOf(' ');
  const start = end.indexOf(' ');
  return `${stop < headLength / 2 ? head : head.slice(0, stop)} … ${start > end.length / 2 ? end : end.slice(start + 1)}`;
}

function trimStops(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '.' || text[end - 1] === ' ')) end -= 1;
  return text.slice(0, end);
}

/** How a process says that it gives up: Go's panic, klog's `F0812`, the levels of loggers, interpreters and the JVM. */
const fatal =
  /^\s*panic: |^F\d{4} |^fatal|\bFATAL\b|level=(?:fatal|panic)|"level":"(?:fatal|panic)"|^Exception in thread/;
const error = /error\b|exception/i;

/**
 * The line of a termination message that says why: the last one that is fatal, else the last that is an error. Where none is either,
 * the first line of what a process wrote itself, and the last of a log (`FallbackToLogsOnError` gives its last 2,048 bytes).
 */
export function lastWords(text: string | undefined, isLog: boolean): string {
  const lines = (text ?? '').split(/[\r\n]+/).filter((one) => one.trim() !== '');
  const told = lines.findLast((one) => fatal.test(one)) ?? lines.findLast((one) => /^\S/.test(one) && error.test(one));
  return quote(told ?? (isLog ? lines.at(-1) : lines[0]));
}

const longestTail = 600;

/** The end of a long text, from the beginning of a line where that is near. */
export function tail(text: string): string {
  if (text.length <= longestTail) return text;
  const end = text.slice(-longestTail);
  const line = end.indexOf('\n');
  return `…${line === -1 || line > longestTail / 2 ? end : end.slice(line + 1)}`;
}

/** `: text` where there is a text, else nothing. */
export function after(text: string | undefined): string {
  const words = quote(text);
  return words === '' ? '' : `: ${words}`;
}

/** Names as people list them: `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], most = 3): string {
  if (names.length > most) return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
