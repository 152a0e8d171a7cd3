import type { Report } from '../../model/report.ts';
import { type Html, html } from './escape.ts';
import { severities, whole } from './words.ts';

/** The namespaces that incidents touch, in the order of the alphabet, each with how many do; and where to find one. */
export interface Namespaces {
  readonly entries: readonly { readonly name: string | undefined; readonly incidents: number }[];
  readonly placeOf: (namespace: string | undefined) => number;
}

/** What the filter offers. Objects without a namespace are one entry, which comes first. */
export function namespacesOf({ incidents }: Report): Namespaces {
  const counts = new Map<string | undefined, number>();
  for (const { object, affected } of incidents) {
    for (const one of new Set([object, ...affected.objects].map(({ namespace }) => namespace))) {
      counts.set(one, (counts.get(one) ?? 0) + 1);
    }
  }
  const entries = [...counts]
    .map(([name, number]) => ({ name, incidents: number }))
    .sort((one, other) => compare(one.name ?? '', other.name ?? ''));
  const places = new Map(entries.map(({ name }, index) => [name, index]));
  return { entries, placeOf: (namespace) => places.get(namespace) ?? 0 };
}

/** By severity, namespace and text. Hidden until the script shows it, for without the script it would do nothing. */
export function filterOf({ summary }: Report, { entries }: Namespaces): Html {
  return html`<form id="filter" role="search" aria-label="Incidents" hidden>
    <fieldset>
      <legend class="hidden">Severity</legend>
      ${severities.map(
        (one) =>
          html`<label class="toggle"
            ><input type="checkbox" name="severity" value="${one}" checked /><span class="sev ${one}"
              >${one} <b>${whole(summary.incidents[one])}</b></span
            ></label
          >`,
      )}
    </fieldset>
    <label class="field"
      ><span class="hidden">Namespace</span
      ><select name="namespace">
        <option value="">All namespaces</option>
        ${entries.map(({ name, incidents }, index) => html`<option value="${index}">${name ?? 'No namespace'} (${whole(incidents)})</option>`)}
      </select></label
    >
    <label class="field grow"
      ><span class="hidden">Text</span
      ><input type="search" name="text" placeholder="Filter by text" autocomplete="off" spellcheck="false"
    /></label>
    <button type="reset">Reset</button> <button type="button" id="unfold">Open all</button>
    <p id="shown" role="status"></p>
  </form>`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
