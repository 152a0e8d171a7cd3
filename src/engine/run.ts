import type { Analyzer, Draft, Finding, Settings, SettingSpec } from '../model/finding.ts';
import type { Gap, Snapshot } from '../model/snapshot.ts';
import { rollUp } from './roll-up.ts';

/** What an analyzer found, before rolling up. */
export interface Found {
  readonly analyzer: Analyzer;
  readonly draft: Draft;
}

/**
 * Runs analyzers over a snapshot and rolls their findings up.
 * An analyzer that throws is a gap, and what it had found until then is kept: one bad object never hides the rest.
 * @param settings values by analyzer id and name; what is not given takes its default.
 */
export function runAnalyzers(
  snapshot: Snapshot,
  analyzers: readonly Analyzer[],
  settings: Readonly<Record<string, Readonly<Record<string, number>>>> = {},
): { readonly findings: readonly Finding[]; readonly gaps: readonly Gap[] } {
  const found: Found[] = [];
  const gaps: Gap[] = [];
  for (const analyzer of analyzers) {
    try {
      for (const draft of analyzer.analyze(snapshot, settingsOf(analyzer, settings[analyzer.id])))
        found.push({ analyzer, draft });
    } catch (error) {
      gaps.push({ what: 'analyzer', name: analyzer.id, reason: `stopped by an internal error: ${String(error)}` });
    }
  }
  return { findings: rollUp(snapshot, found), gaps };
}

/** The settings an analyzer runs with: its defaults, overridden by what the user gave. */
export function settingsOf<S extends Readonly<Record<string, SettingSpec>>>(
  analyzer: { readonly settings: S },
  given: Readonly<Record<string, number>> = {},
): Settings<S> {
  return Object.fromEntries(
    Object.entries(analyzer.settings).map(([name, spec]) => [name, given[name] ?? spec.default]),
  ) as Settings<S>;
}
