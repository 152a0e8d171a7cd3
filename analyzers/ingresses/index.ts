import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'ingresses',
  title: 'Ingresses, their classes and backends',
  reads: [],
  kinds: ['Ingress', 'IngressClass'],
  codes,
  settings: {},
  runbook,
  *analyze() {},
});
