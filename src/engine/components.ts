import type { Finding } from '../model/finding.ts';
import type { Edge } from './edges.ts';

/**
 * The strongly connected components of the graph of findings (Tarjan's algorithm, without recursion): a finding in no cycle is a
 * component of its own, the findings of a cycle are one together.
 */
export function components(findings: readonly Finding[], edges: readonly Edge[]): readonly (readonly Finding[])[] {
  const next = Map.groupBy(edges, (edge) => edge.cause.id);
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: Finding[] = [];
  const result: Finding[][] = [];

  for (const start of findings) {
    if (order.has(start.id)) continue;
    const work: { finding: Finding; child: number }[] = [];
    const enter = (finding: Finding) => {
      order.set(finding.id, order.size);
      low.set(finding.id, order.get(finding.id)!);
      stack.push(finding);
      onStack.add(finding.id);
      work.push({ finding, child: 0 });
    };
    enter(start);
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const { id } = frame.finding;
      const child = next.get(id)?.[frame.child]?.effect;
      if (child !== undefined) {
        frame.child += 1;
        if (!order.has(child.id)) enter(child);
        else if (onStack.has(child.id)) low.set(id, Math.min(low.get(id)!, order.get(child.id)!));
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.finding.id;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent)!, low.get(id)!));
      if (low.get(id) !== order.get(id)) continue;
      const component: Finding[] = [];
      let member: Finding;
      do {
        member = stack.pop()!;
        onStack.delete(member.id);
        component.push(member);
      } while (member.id !== id);
      result.push(component);
    }
  }
  return result;
}
