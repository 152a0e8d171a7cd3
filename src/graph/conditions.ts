interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

interface HasConditions<C extends Condition> {
  readonly status?: { readonly conditions?: readonly C[] };
}

/** The condition of a type in `status.conditions`, or undefined. */
export function condition<C extends Condition>(object: HasConditions<C>, type: string): C | undefined {
  return object.status?.conditions?.find((one) => one.type === type);
}

/** The condition of a type when it has the status asked for (`True`, `False`, `Unknown`). */
export function conditionIs<C extends Condition>(
  object: HasConditions<C>,
  type: string,
  status: string,
): C | undefined {
  const found = condition(object, type);
  return found?.status === status ? found : undefined;
}
