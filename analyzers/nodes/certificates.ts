import { type CauseLink, ref } from '../../src/kit.ts';
import type { NodeCase } from './node-case.ts';

const approver = 'kubernetes.io/kube-apiserver-client-kubelet';

/**
 * What may have taken a silent kubelet its access: authorities of the cluster that have expired, or a request for a new certificate that
 * nobody approves.
 */
export function accessLinks({ snapshot, node }: NodeCase): readonly CauseLink[] {
  const user = `system:node:${node.metadata.name}`;
  const requests = snapshot
    .list('certificatesigningrequests.certificates.k8s.io')
    .items.filter(({ spec }) => spec.username === user && spec.signerName === approver)
    .map((one): CauseLink => {
      const via = { field: 'spec.username', value: user };
      return { object: ref(one), needs: 'run', via, certainty: 'likely' };
    });
  const authorities = ['kube-root-ca.crt', 'extension-apiserver-authentication'].map((name): CauseLink => {
    const via = { field: 'data', value: `the kubelet and the API server know each other by ${name}` };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name };
    return { object, needs: 'admit', via, certainty: 'likely' };
  });
  return [...requests, ...authorities];
}
