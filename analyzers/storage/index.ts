import { defineAnalyzer } from '../../src/kit.ts';
import { codes } from './codes.ts';
import runbook from './runbook.md';

export default defineAnalyzer({
  id: 'storage',
  title: 'Volume claims, volumes and storage classes',
  reads: [],
  kinds: ['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass', 'VolumeAttachment'],
  codes,
  settings: {},
  runbook,
  *analyze() {},
});
