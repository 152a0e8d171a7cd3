import { expect, test } from 'vitest';
import { namedObjects } from '../../src/explain/commands.ts';

const short = (command: string) =>
  namedObjects(command).map(({ resource, name, namespace }) => `${resource} ${namespace ?? '-'}/${name}`);

test.each<[string, readonly string[]]>([
  ['kubectl get pod web -n shop', ['pods shop/web']],
  ['kubectl describe deployment/web --namespace=shop', ['deployments.apps shop/web']],
  ['kubectl -n shop get deploy web api', ['deployments.apps shop/web', 'deployments.apps shop/api']],
  ['kubectl get pod web', ['pods default/web']],
  ['kubectl get pods -n shop', []],
  ['kubectl get pods,services -n shop', []],
  ['kubectl get events -n shop --field-selector involvedObject.name=web', []],
  ['kubectl get secret db -n shop -o yaml', ['secrets shop/db']],
  ['kubectl logs web-1 -n shop -c app --previous', ['pods shop/web-1']],
  ['kubectl logs deployment/web -n shop', ['deployments.apps shop/web']],
  ['kubectl exec web-1 -n shop -- cat pod/x', ['pods shop/web-1']],
  ['kubectl exec web-1 other -n shop', ['pods shop/web-1']],
  ['kubectl rollout undo deployment/web -n shop --to-revision=3', ['deployments.apps shop/web']],
  ['kubectl rollout restart deployment web -n shop', ['deployments.apps shop/web']],
  ['kubectl set image deployment/web app=<image> -n shop', ['deployments.apps shop/web']],
  ['kubectl top pod web -n shop --containers', ['pods shop/web']],
  ['kubectl top node n1', ['nodes -/n1']],
  ['kubectl uncordon n1', ['nodes -/n1']],
  ['kubectl drain n1 --ignore-daemonsets', ['nodes -/n1']],
  ['kubectl taint nodes n1 gpu:NoSchedule-', ['nodes -/n1']],
  ['kubectl label node n1 disk=ssd', ['nodes -/n1']],
  ['kubectl scale deployment web --replicas 3 -n shop', ['deployments.apps shop/web']],
  ['kubectl patch pvc data -n shop -p \'{"spec": {"x": "a b"}}\'', ['persistentvolumeclaims shop/data']],
  ['kubectl create secret generic db -n shop --from-literal=a=b', []],
  ['kubectl auth can-i list pods -n shop', []],
  ['kubectl get widgets.example.com web -n shop', []],
  ['kubectl get pod \'web\' -n "shop" | grep pod/x', ['pods shop/web']],
  ['kubectl get node n1 && kubectl get pod web -n shop', ['nodes -/n1', 'pods shop/web']],
  ['systemctl restart kubelet', []],
  ['curl -k https://pod/x', []],
  ['', []],
])('%s', (command, named) => {
  expect(short(command)).toEqual(named);
});
