import { describe, expect, test } from 'vitest';
import { effectOf, readsOnly } from '../../src/explain/kubectl.ts';

describe('commands that a model may recommend on its own', () => {
  test.each([
    'kubectl get pods -n shop',
    'kubectl get pods,services -n shop -o wide',
    'kubectl describe deployment/web -n shop',
    'kubectl describe node n1',
    'kubectl logs web-1 -n shop -c app --previous --tail=50',
    'kubectl logs deployment/web -n shop --since 10m',
    'kubectl get events -n shop --sort-by=.lastTimestamp',
    'kubectl events -n shop --for=pod/web-1',
    'kubectl top pod web-1 -n shop --containers',
    'kubectl rollout status deployment/web -n shop',
    'kubectl rollout history deployment web -n shop',
    'kubectl get secret db -n shop',
    'kubectl get -n shop deploy web -o yaml',
  ])('%s', (command) => {
    expect(readsOnly(command)).toBe(true);
  });

  test.each([
    '',
    'kubectl',
    'kubectl delete pod web -n shop',
    'kubectl apply -f x.yaml',
    'kubectl edit deployment web -n shop',
    'kubectl scale deployment web --replicas=0 -n shop',
    'kubectl rollout restart deployment/web -n shop',
    'kubectl rollout undo deployment/web -n shop',
    'kubectl exec web-1 -n shop -- cat /etc/shadow',
    'kubectl run x --image=evil -n shop',
    'kubectl debug node/n1 --image=evil',
    'kubectl drain n1',
    'kubectl cp shop/web:/x y',
    'kubectl proxy',
    'kubectl port-forward web 1:1 -n shop',
    'kubectl get secret db -n shop -o yaml',
    'kubectl get secrets -n shop --output=json',
    'kubectl get pods,secrets -n shop -o yaml',
    'kubectl get secret/db -n shop -ojson',
    'kubectl get secret db -n shop -o jsonpath={.data}',
    'kubectl get --raw /api/v1/secrets',
    'kubectl get pods -n shop --kubeconfig=/tmp/x',
    'kubectl get pods --server https://evil -n shop',
    'kubectl get pods --token=x',
    'kubectl get pods -n shop -w',
    'kubectl get widgets -n shop',
    'kubectl config view --raw',
    'kubectl get pods; id',
    'kubectl get pods && id',
    'kubectl get pods | sh',
    'kubectl get pods > /etc/passwd',
    'kubectl get pods $(id)',
    'kubectl get pods `id`',
    'kubectl get pods\nid',
    'kubectl  get pods',
    "kubectl get pods 'x'",
    'helm uninstall web',
    'sudo kubectl get pods',
    'get pods',
    'KUBECTL get pods',
  ])('refused: %j', (command) => {
    expect(readsOnly(command)).toBe(false);
  });
});

test.each([
  ['kubectl get pods -n shop', 'reads'],
  ['kubectl auth can-i list pods', 'reads'],
  ['kubectl rollout history deployment/web', 'reads'],
  ['kubectl rollout undo deployment/web', 'changes'],
  ['kubectl edit deployment web', 'changes'],
  ["kubectl patch pvc data -p '{}'", 'changes'],
  ['kubectl uncordon n1', 'changes'],
  ['kubectl create secret generic db', 'changes'],
  ['kubectl delete pod web', undefined],
  ['kubectl drain n1', undefined],
  ['kubectl replace --force -f x', undefined],
  ['kubectl apply --force -f x', undefined],
  ['kubectl get pods | grep x', undefined],
  ['systemctl restart kubelet', undefined],
  ['kubectl auth reconcile -f x', undefined],
])('what %s of a runbook does: %s', (command, effect) => {
  expect(effectOf(command)).toBe(effect);
});
