import type { Report, ReportIncident, ReportProblem } from '../../model/report.ts';
import { refText } from '../../model/object.ts';
import { type Html, html } from './escape.ts';
import { factsOf } from './evidence.ts';
import { count, nameOf, objectOf, severitySign } from './words.ts';

/** How many effects of one cause are drawn at once; the others are folded away. */
const shown = 8;

type ChainHop = ReportIncident['chain'][number];

/** The problems of the chain, and whether there is a baseline to tell what is new against. */
interface ChainContext {
  readonly problemOf: (id: string) => ReportProblem | undefined;
  readonly report: Pick<Report, 'baseline'>;
}

/**
 * The causal chain as a small graph, from cause to effect. What follows from one another stands in a line; where a cause has several
 * effects the line forks. Each arrow carries the field that proves it. It is a nested list, so that it reads well aloud and on paper.
 */
export function chainOf(incident: ReportIncident, context: ChainContext): Html {
  const effects = Map.groupBy(incident.chain, (hop) => hop.from);
  const drawn = new Set<string>();

  const line = (start: string, arrow: ChainHop | undefined): Html => {
    const nodes: Html[] = [];
    let id = start;
    let via = arrow;
    for (;;) {
      const again = drawn.has(id);
      drawn.add(id);
      const below: readonly ChainHop[] = again ? [] : (effects.get(id) ?? []);
      const [next] = below;
      const fork = below.length > 1 ? forkOf(below) : undefined;
      nodes.push(
        nodeOf({ id, via, again, root: id === incident.root, cycle: incident.deadlock === true }, context, fork),
      );
      if (next === undefined || below.length > 1)
        return html`<ol class="line">
          ${nodes}
        </ol>`;
      id = next.to;
      via = next;
    }
  };
  const forkOf = (hops: readonly ChainHop[]): Html => {
    const branches = hops.map((hop) => html`<li>${line(hop.to, hop)}</li>`);
    const rest = branches.slice(shown);
    return html`<ul class="fork">
        ${branches.slice(0, shown)}
      </ul>
      ${
        rest.length > 0 &&
        html`<details class="rest">
          <summary>and ${count(rest.length, 'more effect')}</summary>
          <ul class="fork">
            ${rest}
          </ul>
        </details>`
      }`;
  };

  const graph = line(incident.root, undefined);
  const others = incident.symptoms.filter((id) => !drawn.has(id));
  return html`<div class="chain">
    ${graph}
    ${
      others.length > 0 &&
      html`<p class="note">Also</p>
        <ul class="fork">
          ${others.map((id) => html`<li>${line(id, undefined)}</li>`)}
        </ul>`
    }
  </div>`;
}

interface Node {
  readonly id: string;
  readonly via: ChainHop | undefined;
  readonly again: boolean;
  readonly root: boolean;
  readonly cycle: boolean;
}

function nodeOf({ id, via, again, root, cycle }: Node, context: ChainContext, fork: Html | undefined): Html {
  const problem = context.problemOf(id);
  if (problem === undefined)
    return html`<li class="node">
      ${arrowOf(via, undefined)}
      <div class="box">${id}</div>
      ${fork}
    </li>`;
  const { object, message, severity } = problem;
  const arrow = arrowOf(via, problem);
  if (again) {
    const where = cycle && root ? 'back to the first: a circle' : 'drawn above';
    return html`<li class="node">
      ${arrow}
      <div class="box again">${objectOf(object)} <span class="note">(${where})</span></div>
    </li>`;
  }
  return html`<li class="node">
    ${arrow}
    <div class="box ${severity}${root ? ' root' : ''}">
      <p class="what">
        ${root && html`<b class="tag">Root cause</b> `}${objectOf(object)}
        ${severitySign(severity)}${markOf(problem, context)}
      </p>
      <p>${message}</p>
      ${!root && detailOf(problem)}
    </div>
    ${fork}
  </li>`;
}

/** That a problem is ignored, or new against the baseline. */
function markOf({ known, suppressed }: ReportProblem, { report }: ChainContext): Html | undefined {
  if (suppressed === true) return html` <span class="chip">ignored</span>`;
  if (report.baseline === undefined || known === true) return undefined;
  return html` <span class="chip new">new</span>`;
}

/** Why an effect follows: the field and its value, as text below the arrow and as one sentence on hover. */
function arrowOf(via: ChainHop | undefined, problem: ReportProblem | undefined): Html | undefined {
  if (via === undefined) return undefined;
  const { field, value } = via.via;
  const effect = problem === undefined ? 'the effect' : refText(problem.object);
  const sure = via.certainty === 'sure' ? 'Proven' : 'Likely';
  return html`<p class="via ${via.certainty}" title="${sure}: this leads to ${effect}, by ${field}: ${value}">
    <span class="hidden">leads, ${sure.toLowerCase()}, by </span><code>${field}</code>
    <span>${value}</span>${via.certainty === 'likely' && html` <b class="chip">likely</b>`}
  </p>`;
}

function detailOf({ evidence, members }: ReportProblem): Html | undefined {
  if (evidence.length === 0 && members.length === 0) return undefined;
  return html`<details>
    <summary>${count(evidence.length, 'fact')}${members.length > 0 && `, ${count(members.length, 'object')}`}</summary>
    ${factsOf(evidence)}
    ${members.length > 0 && html`<p class="members">Shared by ${members.map((one, index) => html`${index > 0 && ', '}${one.kind} ${nameOf(one)}`)}</p>`}
  </details>`;
}
