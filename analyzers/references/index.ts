import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'references',
  title: 'Objects that others name and that do not exist',
  reads: [],
  kinds: ['Secret', 'ConfigMap', 'ServiceAccount'],
  codes,
  settings: {},
  runbook,
  *analyze() {},
});
