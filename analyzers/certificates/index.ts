import { defineAnalyzer, refKey } from '../../src/kit.ts';
import { access } from './access.ts';
import { authorities } from './authorities.ts';
import { bundles } from './bundles.ts';
import { codes } from './codes.ts';
import { forms } from './form.ts';
import { gateways } from './gateways.ts';
import { hosts } from './hosts.ts';
import { issuers } from './issuers.ts';
import { leafDates } from './leaves.ts';
import { listeners } from './listeners.ts';
import { managedCertificates } from './managed.ts';
import { postgres } from './postgres.ts';
import { reads, settings } from './reads.ts';
import { rejected } from './rejected.ts';
import { requests } from './requests.ts';
import runbook from './runbook.md';
import { served } from './served.ts';
import { signingRequests } from './signing-requests.ts';

export default defineAnalyzer({
  id: 'certificates',
  title: 'Certificates: dates, names, keys, chains, authorities, and who issues and renews them',
  reads,
  kinds: ['Certificate', 'Issuer', 'ClusterIssuer', 'CertificateRequest', 'CertificateSigningRequest', 'Secret'],
  codes,
  settings,
  runbook,
  *analyze(snapshot, limits) {
    yield* access(snapshot, limits);
    yield* authorities(snapshot, limits);
    const faults = [...leafDates(snapshot, limits), ...forms(snapshot)];
    yield* faults;
    yield* served(snapshot, faults);
    yield* hosts(snapshot);
    yield* listeners(snapshot);
    const refused = [...rejected(snapshot)];
    yield* refused;
    yield* bundles(snapshot, new Set(refused.map(({ object }) => refKey(object))), 300);
    yield* managedCertificates(snapshot, limits);
    yield* issuers(snapshot, limits);
    yield* requests(snapshot, limits);
    yield* signingRequests(snapshot, limits);
    yield* gateways(snapshot);
    yield* postgres(snapshot, limits);
  },
});
