import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Json } from './api.ts';

export interface TimePassing {
  readonly seconds: number;
  /** Programs that had ended, and whose leases nobody renews any more. */
  readonly ended: readonly string[];
}

/**
 * Dates a recording later, as if the cluster had stood still since: the moment of recording moves, and with it what is renewed all the
 * time where things are well (leases, and the heartbeats of nodes that are heard of). So nothing has to be waited for until it is old.
 * What differs from run to run though it means nothing (the port of the API server) is made the same.
 */
export function letTimePass(file: string, { seconds, ended }: TimePassing): void {
  const lines: Json[] = gunzipSync(readFileSync(file))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const [header, ...entries] = lines;
  const taken = Date.parse(header.takenAt);
  const later = (time: number) => new Date(time + seconds * 1_000).toISOString().replace('.000Z', 'Z');
  header.takenAt = later(taken);
  header.cluster = { ...header.cluster, server: 'https://10.0.0.1:6443' };
  for (const { resource, object } of entries) {
    if (resource === 'leases.coordination.k8s.io') {
      const renewed = Date.parse(object.spec.renewTime);
      // What lies further back was not renewed any more; what lies ahead was dated for the later moment.
      const living = !ended.includes(object.metadata.name);
      if (living && renewed > taken - 60_000 && renewed <= taken + 1_000) object.spec.renewTime = later(renewed);
    }
    if (resource === 'nodes' && object.metadata.annotations?.['node.example.com/agent'] === undefined) {
      for (const one of object.status.conditions ?? []) one.lastHeartbeatTime = later(taken - 30_000);
    }
  }
  const packed = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { level: 9 });
  // The system that packed it is nobody's business: the same recording gives the same bytes everywhere.
  packed[9] = 255;
  writeFileSync(file, packed);
}
