import { defineAnalyzer, field, ref } from '../../src/kit.ts';
import type { Analyzer } from '../../src/model/finding.ts';
import { type CauseLink, conditionIs, condition } from '../../src/kit.ts';

const runbook = `# Runbook

## TestNodeDown
The kubelet of node {{name}} no longer reports. The reason was {{reason}}. Unknown {{nothing}} is left out.

### Confirm
- Look at the node: \`kubectl describe node {{name}}\`
- Needs a value that is not there: \`kubectl get node {{nothing}}\`

### Fix
- Restart the kubelet on the machine.
- Bring it back: \`kubectl uncordon {{name}}\`

## TestPodNotReady
Container {{container}} is not ready.

### Confirm
- Read its log: \`kubectl logs {{pod}} -n {{namespace}} -c {{container}}\`
`;

/** A small analyzer for tests of what comes after: nodes that are not ready, pods that are not, and hygiene. */
export const testAnalyzer: Analyzer = defineAnalyzer({
  id: 'test',
  title: 'Test',
  reads: ['pods', 'nodes', 'services'],
  kinds: ['Pod', 'Node'],
  codes: {
    TestNodeDown: { severity: 'critical', title: 'Node is down', breaks: ['run'] },
    TestPodNotReady: { severity: 'warning', title: 'Pod is not ready', breaks: ['ready'] },
    TestServiceOld: { severity: 'info', title: 'Service is old' },
  },
  settings: { grace: { default: 60, unit: 'seconds', title: 'How long a pod may be unready' } },
  runbook,
  *analyze(snapshot) {
    for (const node of snapshot.list('nodes').items) {
      const ready = condition(node, 'Ready');
      if (ready?.status === 'True' || ready === undefined) continue;
      yield {
        code: 'TestNodeDown',
        object: ref(node),
        message: `the kubelet stopped reporting: ${ready.message ?? 'no message'}`,
        evidence: [field(node, 'status.conditions[3].status', ready.status)],
        values: { reason: ready.reason ?? '' },
        ...(ready.lastTransitionTime === undefined ? {} : { since: ready.lastTransitionTime }),
      };
    }
    for (const pod of snapshot.list('pods').items) {
      const ready = conditionIs(pod, 'Ready', 'False');
      if (ready === undefined) continue;
      const nodeName = pod.spec.nodeName;
      const causes: readonly CauseLink[] =
        nodeName === undefined
          ? []
          : [
              {
                object: { apiVersion: 'v1', kind: 'Node', name: nodeName },
                needs: 'run',
                via: { field: 'spec.nodeName', value: nodeName },
                certainty: 'sure',
              },
            ];
      yield {
        code: 'TestPodNotReady',
        object: ref(pod),
        key: 'app',
        message: 'container app is not ready',
        evidence: [field(pod, 'status.conditions[3].status', 'False')],
        causes,
        values: { container: 'app' },
      };
    }
    for (const service of snapshot.list('services').items) {
      if (service.metadata.annotations?.['old'] === undefined) continue;
      yield {
        code: 'TestServiceOld',
        object: ref(service),
        message: 'the service is old',
        evidence: [field(service, 'metadata.annotations.old', service.metadata.annotations['old'])],
      };
    }
  },
});
