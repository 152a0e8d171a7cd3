import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'pods',
  title: 'Pods: scheduling, images, containers, probes, volumes, termination',
  reads: [],
  kinds: ['Pod'],
  codes,
  settings: {},
  runbook,
  *analyze() {},
});
