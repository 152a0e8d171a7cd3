import { createStore } from '../../src/cluster/store.ts';
import { correlate } from '../../src/engine/correlate.ts';
import { runAnalyzers, settingsOf } from '../../src/engine/run.ts';
import type { Analyzer, Draft, Incident } from '../../src/model/finding.ts';
import { type KubeObject, refText } from '../../src/model/object.ts';
import { allResources, type Resource } from '../../src/model/resources.ts';
import type { AccessFacts, Snapshot } from '../../src/model/snapshot.ts';
import { now, resourceOfObject } from './objects.ts';

export interface SnapshotOptions {
  readonly takenAt?: string;
  readonly serverVersion?: string;
  /** How the cluster was reached; left out where that does not matter. */
  readonly access?: AccessFacts;
  /** Resources that could not be read, with the reason; all others are complete. */
  readonly missing?: Partial<Record<Resource, string>>;
}

/** A snapshot of exactly these objects, complete but for `missing`. */
export function snapshotOf(objects: readonly KubeObject[], options: SnapshotOptions = {}): Snapshot {
  const store = createStore();
  for (const one of objects) store.add(resourceOfObject(one), one);
  for (const resource of allResources) {
    const reason = options.missing?.[resource];
    if (reason === undefined) store.complete(resource);
    else store.missing(resource, reason);
  }
  return store.snapshot({
    takenAt: options.takenAt ?? now,
    serverVersion: options.serverVersion ?? 'v1.36.3',
    ...(options.access === undefined ? {} : { access: options.access }),
  });
}

/** What an analyzer yields for a snapshot, checked for form: declared codes, evidence, one-line messages, complete links. */
export function drafts(
  analyzer: Analyzer,
  snapshot: Snapshot,
  settings: Record<string, number> = {},
): readonly Draft[] {
  const all = [...analyzer.analyze(snapshot, settingsOf(analyzer, settings))];
  for (const draft of all) {
    const where = `${draft.code} on ${refText(draft.object)}`;
    if (!(draft.code in analyzer.codes)) throw new Error(`undeclared code: ${where}`);
    if (draft.evidence.length === 0) throw new Error(`no evidence: ${where}`);
    if (!/^\S[^\n\r]*[^\s.]$/.test(draft.message))
      throw new Error(`a message is one line without a full stop: ${where}: ${draft.message}`);
    for (const link of draft.causes ?? []) {
      if (link.via.field === '' || link.object.name === '') throw new Error(`an empty link: ${where}`);
    }
  }
  return all;
}

/** The same, short: `critical PodCrashLoop Pod shop/web-1 [app]`, sorted. */
export function found(
  analyzer: Analyzer,
  objects: readonly KubeObject[],
  options: SnapshotOptions & { settings?: Record<string, number> } = {},
): readonly string[] {
  return drafts(analyzer, snapshotOf(objects, options), options.settings)
    .map((draft) =>
      line(draft.severity ?? analyzer.codes[draft.code]!.severity, draft.code, refText(draft.object), draft.key),
    )
    .sort();
}

/** The links of what is found, short: `PodUnschedulable -> schedule Node n1 (spec.nodeName)`, sorted. */
export function links(
  analyzer: Analyzer,
  objects: readonly KubeObject[],
  options: SnapshotOptions = {},
): readonly string[] {
  return drafts(analyzer, snapshotOf(objects, options))
    .flatMap((draft) =>
      (draft.causes ?? []).map((link) => `${draft.code} -> ${link.needs} ${refText(link.object)} (${link.via.field})`),
    )
    .sort();
}

/** Runs analyzers, rolls up and joins: the incidents as the engine sees them. */
export function diagnose(
  analyzers: readonly Analyzer[],
  objects: readonly KubeObject[],
  options: SnapshotOptions = {},
): readonly Incident[] {
  const snapshot = snapshotOf(objects, options);
  const { findings, gaps } = runAnalyzers(snapshot, analyzers);
  if (gaps.length > 0) throw new Error(gaps.map((gap) => `${gap.name}: ${gap.reason}`).join('; '));
  return correlate(snapshot, findings);
}

/** Incidents in short: root, then its symptoms indented. */
export function story(incidents: readonly Incident[]): readonly string[] {
  return incidents.flatMap(({ severity, root, symptoms }) => [
    line(severity, root.code, refText(root.object), root.key),
    ...symptoms.map((symptom) => `  ${line(symptom.severity, symptom.code, refText(symptom.object), symptom.key)}`),
  ]);
}

function line(severity: string, code: string, object: string, key: string | undefined): string {
  return `${severity} ${code} ${object}${key === undefined || key === '' ? '' : ` [${key}]`}`;
}
