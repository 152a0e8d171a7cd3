import { eventEvidence, type Evidence, ref, type Severity } from '../../src/kit.ts';
import { type PendingCase, scaleUp, scaleUpRefusal, severityOf } from './pending-case.ts';
import { quote } from './text.ts';

/** What an autoscaler said of the pod, and how loud its waiting is then. */
export function autoscalerOf(one: PendingCase): {
  readonly notes: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly severity: Severity;
} {
  const adding = scaleUp(one);
  if (adding !== undefined) {
    const evidence = [eventEvidence(ref(one.pod), adding)];
    return { notes: ['an autoscaler is adding a node'], evidence, severity: 'info' };
  }
  const refusing = scaleUpRefusal(one);
  const severity = severityOf(one);
  if (refusing === undefined) return { notes: [], evidence: [], severity };
  const notes = [`the autoscaler adds no node: ${refusalText(refusing.message)}`];
  return { notes, evidence: [eventEvidence(ref(one.pod), refusing)], severity };
}

/** Without the words that say that nothing happened. */
function refusalText(message: string): string {
  return quote(message.replace(/^pod didn't trigger scale-up(?: \([^)]*\))?:? */, '')) || 'it gives no reason';
}
