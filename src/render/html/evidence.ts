import type { Evidence } from '../../model/finding.ts';
import { refKey } from '../../model/object.ts';
import { type Html, html } from './escape.ts';
import { objectOf } from './words.ts';

/** Facts by the object that they are about: a field and its value, an event, or what was computed. */
export function factsOf(evidence: readonly Evidence[]): Html {
  const groups = [...Map.groupBy(evidence, ({ object }) => refKey(object)).values()];
  return html`<div class="facts">${groups.map(groupOf)}</div>`;
}

function groupOf(facts: readonly Evidence[]): Html {
  const [first] = facts;
  const rows = facts.map(({ path, value, kind }) => {
    const name = path === undefined ? html`<i>${kind}</i>` : html`<code>${path}</code>`;
    return html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  });
  return html`<p class="about">${first && objectOf(first.object)}</p>
    <dl>${rows}</dl>`;
}
