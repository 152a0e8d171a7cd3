import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';
import { stuckTerminating } from './terminating.ts';

export default defineAnalyzer({
  id: 'namespaces',
  title: 'Namespaces that cannot be deleted',
  reads: [
    'apiservices.apiregistration.k8s.io',
    'customresourcedefinitions.apiextensions.k8s.io',
    'ingresses.networking.k8s.io',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    'namespaces',
    'pods',
    'services',
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
  ],
  kinds: ['Namespace'],
  codes,
  settings: {
    grace: { default: 300, unit: 'seconds', title: 'How long a namespace may take to be deleted' },
  },
  runbook,
  *analyze(snapshot, settings) {
    yield* stuckTerminating(snapshot, settings.grace);
  },
});
