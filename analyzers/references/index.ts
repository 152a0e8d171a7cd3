import { defineAnalyzer, olderThan } from '../../src/kit.ts';
import { codes } from './codes.ts';
import { missing } from './missing.ts';
import { networkUses } from './network.ts';
import { podUses } from './pods.ts';
import runbook from './runbook.md';
import { storageUses } from './storage.ts';
import { templateUses } from './templates.ts';
import { reads, type Use, type View } from './use.ts';

export default defineAnalyzer({
  id: 'references',
  title: 'Objects that others name and that do not exist',
  reads,
  kinds: ['Secret', 'ConfigMap', 'ServiceAccount'],
  codes,
  settings: {
    grace: { default: 15, unit: 'seconds', title: 'How old a referrer is before what it names has to exist' },
    tlsGrace: { default: 300, unit: 'seconds', title: 'How old an Ingress is before its TLS Secret has to exist' },
  },
  runbook,
  *analyze(snapshot, settings) {
    const uses = [
      ...podUses(snapshot),
      ...templateUses(snapshot, settings.grace),
      ...networkUses(snapshot, settings.tlsGrace),
      ...storageUses(snapshot),
    ].filter((one) => isSettled(snapshot, one, settings.grace));
    yield* missing(snapshot, uses);
  },
});

/** Referrers that were just made and of which nobody says that something is missing, or that are being deleted with or without their namespace, are left alone. */
function isSettled(snapshot: View, { referrer, saysObject, saysKey }: Use, graceSeconds: number): boolean {
  const { creationTimestamp, deletionTimestamp, namespace } = referrer.metadata;
  if (deletionTimestamp !== undefined) return false;
  const young = creationTimestamp !== undefined && !olderThan(snapshot, creationTimestamp, graceSeconds);
  if (young && !saysObject && !saysKey) return false;
  if (namespace === undefined) return true;
  const home = snapshot.lookup('namespaces', namespace);
  return home.state !== 'found' || home.object.metadata.deletionTimestamp === undefined;
}
