import { type ObjectRef, refKey } from '../../model/object.ts';
import type { Report, ReportIncident, ReportProblem } from '../../model/report.ts';
import { hasNew } from '../text-baseline.ts';
import { chainOf } from './chain.ts';
import { type Html, html } from './escape.ts';
import { factsOf } from './evidence.ts';
import { explanationOf } from './explanation.ts';
import { sentence } from '../sentence.ts';
import { ageOf, count, nameOf, objectOf, severityMark, whole } from './words.ts';

/** How many objects of one kind are named at once; the others are folded away. */
const shown = 12;

export interface PageContext {
  readonly report: Report;
  readonly problemOf: (id: string) => ReportProblem | undefined;
  /** The title of a code; the code where it is not known. */
  readonly titleOf: (code: string) => string;
  /** The place of a namespace in the filter. Undefined where the object has none. */
  readonly placeOf: (namespace: string | undefined) => number;
}

/**
 * One incident, folded. Its id makes it a target of links; `data-s` (severity) and `data-n` (places of the namespaces that it touches)
 * are what the filter reads.
 */
export function incidentOf(incident: ReportIncident, number: number, context: PageContext): Html {
  const { id, severity, code, object, affected, message, explanation } = incident;
  const { problemOf } = context;
  const root = problemOf(incident.root);
  const others = affected.objects.filter((one) => refKey(one) !== refKey(object));
  const places = new Set([object, ...affected.objects].map(({ namespace }) => context.placeOf(namespace)));
  return html`<article class="incident" id="${id}" data-s="${severity}" data-n="${[...places].join(' ')}"><details${number === 1 && html` open`}>
    <summary>
      <h3>${severityMark(severity)} <span class="title">${context.titleOf(code)}</span></h3>
      <span class="row">${objectOf(object)}</span>
      ${metaOf(incident, others.length, context)}
      <span class="row say">${sentence(message)}</span>
    </summary>
    <div class="body">
      <div class="why">${whyOf(incident, context)}</div>
      <div class="what-to-do">${explanationOf(explanation, problemOf)}</div>
      <div class="proof">
        ${
          root !== undefined &&
          root.evidence.length > 0 &&
          html`<section>
            <h4>Evidence</h4>
            ${factsOf(root.evidence)}
          </section>`
        }
        ${
          others.length > 0 &&
          html`<section>
            <h4>Affected</h4>
            ${affectedOf(others)}
          </section>`
        }
        <p class="foot"><a href="#${id}">Link to incident ${number}</a> <code>${code}</code></p>
      </div>
    </div>
  </details></article>`;
}

function whyOf(incident: ReportIncident, context: PageContext): Html {
  const { chain, deadlock, message } = incident;
  return html`<section>
    <h4>${chain.length > 0 ? 'From cause to effect' : 'What is wrong'}</h4>
    ${deadlock === true && html`<p class="lead">Deadlock: each of these waits for the other. Break it at the first.</p>`}
    ${chain.length > 0 ? chainOf(incident, context) : html`<p class="lead">${sentence(message)}.</p>`}
  </section>`;
}

/** How far it reaches and how old it is; nothing where neither is known. */
function metaOf(incident: ReportIncident, others: number, context: PageContext): Html | undefined {
  const age = ageOf(incident.since, context.report.takenAt);
  const chips = chipsOf(incident, context);
  if (chips.length === 0 && others === 0 && age === undefined) return undefined;
  return html`<span class="row meta"
    >${chips}${others > 0 && html`<span>${count(others, 'other object')}</span>`}${age !== undefined && html`<span>for ${age}</span>`}</span
  >`;
}

/** What sets an incident apart: a deadlock, new or known to the baseline. */
function chipsOf(incident: ReportIncident, context: PageContext): readonly Html[] {
  const compared = hasNew(incident, context)
    ? html`<span class="chip new">new</span>`
    : html`<span class="chip">known</span>`;
  return [
    ...(incident.deadlock === true ? [html`<span class="chip">deadlock</span>`] : []),
    ...(context.report.baseline === undefined ? [] : [compared]),
  ];
}

/** Objects by kind. */
function affectedOf(objects: readonly ObjectRef[]): Html {
  const kinds = [...Map.groupBy(objects, ({ kind }) => kind)];
  return html`<dl class="kinds">
    ${kinds.map(([kind, own]) => {
      const rest = own.slice(shown);
      return html`<div>
        <dt>${kind}</dt>
        <dd>
          ${namesOf(own.slice(0, shown))}
          ${
            rest.length > 0 &&
            html`<details>
              <summary>and ${whole(rest.length)} more</summary>
              ${namesOf(rest)}
            </details>`
          }
        </dd>
      </div>`;
    })}
  </dl>`;
}

function namesOf(objects: readonly ObjectRef[]): Html {
  return html`<ul class="names">
    ${objects.map((one) => html`<li>${nameOf(one)}</li>`)}
  </ul>`;
}
