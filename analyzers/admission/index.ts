import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import { denied } from './denied.ts';
import { lastingDenials } from './denials.ts';
import { limitRanges, podSecurity } from './limits.ts';
import { quotas } from './quotas.ts';
import { reads } from './reads.ts';
import runbook from './runbook.md';
import { webhookConfigurations } from './webhooks.ts';

export default defineAnalyzer({
  id: 'admission',
  title: 'What keeps pods from being created: quotas, limit ranges, Pod Security, admission webhooks',
  reads,
  kinds: ['ResourceQuota', 'LimitRange', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  codes,
  settings: {
    grace: { default: 15, unit: 'seconds', title: 'How long a refusal that may pass by itself is left alone' },
    webhookGrace: {
      default: 60,
      unit: 'seconds',
      title: 'How long a webhook and the pods behind it may take to start',
    },
    quotaNearlyUsed: { default: 90, unit: 'percent', title: 'From which share of a quota on its use is mentioned' },
  },
  runbook,
  *analyze(snapshot, settings) {
    const denials = lastingDenials(snapshot, settings.grace);
    yield* denied(snapshot, denials);
    yield* quotas(snapshot, denials, settings.quotaNearlyUsed);
    yield* limitRanges(snapshot, denials);
    yield* podSecurity(snapshot, denials);
    yield* webhookConfigurations(snapshot, denials, settings.webhookGrace);
  },
});
