import type { Report } from '../../src/model/report.ts';

/** What breaks out of text, of attributes, of a style sheet and of a script, where it is not escaped. Whatever runs calls `planted`. */
const payload = [
  `</style></script></textarea><script>planted('script')</script>`,
  `<img src=x onerror=planted('img')>`,
  `"><svg onload=planted('svg')>`,
  `' onclick=planted('click') autofocus onfocus=planted('focus') x='`,
  `<a href="javascript:planted('link')">link</a><iframe src="//planted.invalid"></iframe>`,
  `<link rel=stylesheet href="//planted.invalid/x.css"><style>@import '//planted.invalid'</style>`,
  `--></template><base href="//planted.invalid"><form action="//planted.invalid"><meta http-equiv=refresh content=0>`,
  `&lt;b&gt; \${planted('template')} {{planted}} \u202Egpj.exe\u0000\u001B[31m`,
].join(' ');

/** What the form of a report allows only certain values of, or what other parts of it refer to. */
const fixed: ReadonlySet<string> = new Set(
  (
    'id root symptoms from to incidents problem severity certainty phase source what effect ' +
    'confidence status through schemaVersion'
  ).split(' '),
);

/** The same report with hostile text behind every name, message, value, annotation, command and reason. */
export function hostile(report: Report): Report {
  return walk(report, '') as Report;
}

function walk(value: unknown, key: string): unknown {
  if (typeof value === 'string') return fixed.has(key) || /^\d{4}-\d\d-/.test(value) ? value : `${value} ${payload}`;
  if (Array.isArray(value)) return value.map((one) => walk(one, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [key === 'resources' ? `${name} ${payload}` : name, walk(one, name)]),
  );
}
