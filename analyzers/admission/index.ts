import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'admission',
  title: 'What keeps pods from being created: quotas, limit ranges, Pod Security, admission webhooks',
  reads: [],
  kinds: ['ResourceQuota', 'LimitRange', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  codes,
  settings: {},
  runbook,
  *analyze() {},
});
