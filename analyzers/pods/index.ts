import { defineAnalyzer } from '../../src/kit.ts';
import { caseOf, reads } from './case.ts';
import { codes } from './codes.ts';
import { examine } from './examine.ts';
import { pending } from './pending.ts';
import runbook from './runbook.md';
import { settings } from './settings.ts';

export default defineAnalyzer({
  id: 'pods',
  title: 'Pods: scheduling, images, containers, probes, volumes, termination',
  reads,
  kinds: ['Pod'],
  codes,
  settings,
  runbook,
  *analyze(snapshot, given) {
    yield* pending(snapshot, given);
    for (const pod of snapshot.list('pods').items) yield* examine(caseOf(snapshot, given, pod));
  },
});
