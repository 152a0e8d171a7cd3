import type { Explanation, ReportProblem, Step } from '../../model/report.ts';
import { type Html, html } from './escape.ts';
import { factsOf } from './evidence.ts';
import { prose } from './words.ts';

/** What an incident means and what to do about it: words, and commands to copy. */
export function explanationOf(explanation: Explanation, problemOf: (id: string) => ReportProblem | undefined): Html {
  const { source, cause, confidence, steps, verified, model, fallback, citations = [] } = explanation;
  const facts = citations.flatMap(({ problem, evidence }) => problemOf(problem)?.evidence[evidence] ?? []);
  const unchecked = !verified && steps.some(({ command }) => command !== undefined);
  return html`<section>
      <h4>What it means</h4>
      <p>${prose(cause)}</p>
      ${source === 'model' && html`<p class="note">Written by the model ${model ?? ''} from the facts of this report, confidence ${confidence}. It may be wrong: look before you act.</p>`}
      ${fallback !== undefined && html`<p class="note">From the runbook: ${fallback}.</p>`}
      ${
        facts.length > 0 &&
        html`<details>
          <summary>The facts that it leans on</summary>
          ${factsOf(facts)}
        </details>`
      }
    </section>
    ${stepsOf(steps, 'confirm', 'Confirm')} ${stepsOf(steps, 'fix', 'Fix')}
    ${unchecked && html`<p class="note">Not every object that these commands name was seen: look whether it exists first.</p>`}`;
}

function stepsOf(steps: readonly Step[], phase: Step['phase'], title: string): Html | undefined {
  const own = steps.filter((step) => step.phase === phase);
  if (own.length === 0) return undefined;
  return html`<section class="${phase}">
    <h4>${title}</h4>
    <ol class="steps">
      ${own.map(stepOf)}
    </ol>
  </section>`;
}

function stepOf({ text, command, effect }: Step): Html {
  const mark = effect === 'changes' ? 'changes the cluster' : 'only reads';
  return html`<li>
    ${prose(text)}${effect !== undefined && html` <span class="chip">${mark}</span>`}
    ${command !== undefined && html`<div class="cmd"><code>${command}</code></div>`}
  </li>`;
}
