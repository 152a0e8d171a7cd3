type Raw = Readonly<Record<string, unknown>>;

/** Names of events.k8s.io and what core/v1 calls the same field. */
const renamed: Readonly<Record<string, string>> = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedCount: 'count',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedSource: 'source',
};

/** An Event of events.k8s.io as core/v1 shows it: it is one stored object under two names. */
export function asCoreEvent(raw: Raw): Raw {
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [renamed[key] ?? key, value]));
}
