type Renamed = {
  _from: 'from';
  _default: 'default';
  _continue: 'continue';
  _enum: 'enum';
  _int: 'int';
};

/**
 * An object as the API server sends it, deeply readonly. The Kubernetes client's generated models turn timestamps into `Date`
 * and rename fields that are JavaScript keywords; on the wire they are RFC 3339 strings and keep their names.
 */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [Key in keyof T as Key extends keyof Renamed ? Renamed[Key] : Key]: Wire<T[Key]> }
      : T;
