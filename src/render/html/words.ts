import { duration, millis } from '../../graph/time.ts';
import type { Severity } from '../../model/finding.ts';
import type { ObjectRef } from '../../model/object.ts';
import { type Html, html } from './escape.ts';

export const severities: readonly Severity[] = ['critical', 'warning', 'info'];

/** "1 incident", "2 incidents". */
export function count(number: number, noun: string): string {
  return `${whole(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** 12,345. */
export function whole(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** How long ago, as `2h`; undefined where it is not known or lies ahead. Both times are RFC 3339. */
export function ageOf(since: string | undefined, takenAt: string): string | undefined {
  const began = millis(since);
  const now = millis(takenAt);
  return began === undefined || now === undefined || began > now ? undefined : duration((now - began) / 1000);
}

/** "2026-03-01 12:00 UTC" with the full time for machines. What is no time stays as it is. */
export function timeOf(time: string): Html {
  return timeAs(time, (iso) => `${iso.slice(0, 16).replace('T', ' ')} UTC`);
}

/** "2026-03-01", by the clock of Greenwich. */
export function dateOf(time: string): Html {
  return timeAs(time, (iso) => iso.slice(0, 10));
}

function timeAs(time: string, textOf: (iso: string) => string): Html {
  const value = millis(time);
  if (value === undefined) return html`${time}`;
  const iso = new Date(value).toISOString();
  return html`<time datetime="${iso}" title="${iso}">${textOf(iso)}</time>`;
}

/** `Deployment shop/web`, with its name the more visible half. */
export function objectOf({ kind, namespace, name }: ObjectRef): Html {
  return html`<span class="ref"><span class="kind">${kind}</span> ${nameOf({ namespace, name })}</span>`;
}

/** `shop/web`, or `n1` for what lies in no namespace. */
export function nameOf({
  namespace,
  name,
}: {
  readonly namespace?: string | undefined;
  readonly name: string;
}): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** A severity as a word and a shape of its own: no meaning by colour alone. */
export function severityMark(severity: Severity): Html {
  return html`<span class="sev ${severity}">${severity}</span>`;
}

/** The shape alone, with its word for those who hear it and on hover. */
export function severitySign(severity: Severity): Html {
  return html`<span class="sev ${severity}" title="${severity}"><span class="hidden">${severity}</span></span>`;
}

/** Text of a runbook or a model: what stands between backquotes is code. */
export function prose(text: string): Html {
  const parts = text.split('`');
  if (parts.length < 3) return html`${text}`;
  const paired = parts.length % 2 === 1 ? parts : [...parts.slice(0, -2), `${parts.at(-2)}\`${parts.at(-1)}`];
  return html`${paired.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
