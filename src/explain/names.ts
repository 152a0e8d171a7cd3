import { resourceByName } from '../graph/names.ts';
import type { Finding, Incident } from '../model/finding.ts';
import { type ObjectRef, refText } from '../model/object.ts';

/** Stand-ins for the names of an incident: what a model sees instead of them. */
export interface Names {
  /** Replaces names by stand-ins, which no name of Kubernetes can look like. */
  readonly hide: (text: string) => string;
  /** Puts names back; undefined where a stand-in was made up. `write` makes a name fit for its place. */
  readonly reveal: (text: string, write?: (name: string) => string) => string | undefined;
  readonly hideRef: (object: ObjectRef) => string;
}

const standIn = /(?<![A-Za-z0-9_])(?:NAME|NS|POD|NODE|IMAGE)_\d+(?![A-Za-z0-9_])/g;
const word = /[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/g;
const nameLike = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])$/;

/** Words that are values, not names. */
const meaningful = new Set(
  'cpu memory pods storage ephemeral-storage tcp udp sctp http https grpc exec true false none baseline restricted privileged enforce'.split(
    ' ',
  ),
);

/** The stand-ins of an incident, numbered in the order of its telling: equal incidents get equal ones. */
export function namesOf({ root, symptoms, chain }: Incident): Names {
  const aliases = new Map<string, string>();
  const originals = new Map<string, string>();
  const families = new Map<string, string>();
  const counts = new Map<string, number>();
  const add = (name: string, prefix: string) => {
    if (name === '' || aliases.has(name)) return;
    const family = prefix === 'POD' ? familyOf(name) : name;
    let alias = prefix === 'POD' ? families.get(family) : undefined;
    if (alias === undefined) {
      const count = (counts.get(prefix) ?? 0) + 1;
      counts.set(prefix, count);
      alias = `${prefix}_${count}`;
      originals.set(alias, name);
    }
    if (prefix === 'POD') families.set(family, alias);
    aliases.set(name, alias);
  };
  const addRef = ({ kind, namespace, name }: ObjectRef) => {
    if (namespace !== undefined) add(namespace, 'NS');
    add(name, kind === 'Namespace' ? 'NS' : kind === 'Pod' ? 'POD' : kind === 'Node' ? 'NODE' : 'NAME');
  };
  for (const finding of [root, ...symptoms]) {
    for (const object of refsOf(finding)) addRef(object);
    for (const [key, value] of valuesOf(finding)) {
      if (key === 'image' && /[/:]/.test(value)) add(value, 'IMAGE');
      else if (isName(value)) add(value, 'NAME');
    }
  }
  for (const { via } of chain) if (isName(via.value)) add(via.value, 'NAME');
  const long = [...aliases.keys()].filter((name) => /[/:@]/.test(name)).sort((one, other) => other.length - one.length);
  const aliasOf = (name: string) => aliases.get(name);
  const hide = (text: string) => {
    const images = long.reduce((result, name) => result.replaceAll(name, () => aliases.get(name) ?? name), text);
    return images.replaceAll(
      word,
      (whole) =>
        aliasOf(whole) ??
        whole
          .split('.')
          .map((part) => aliasOf(part) ?? part)
          .join('.'),
    );
  };
  return {
    hide,
    hideRef: (object) => hide(refText(object)),
    reveal: (text, write = (name) => name) => {
      let unknown = false;
      const revealed = text.replaceAll(standIn, (alias) => {
        const name = originals.get(alias);
        unknown ||= name === undefined;
        return name === undefined ? alias : write(name);
      });
      return unknown ? undefined : revealed;
    },
  };
}

function isName(value: string): boolean {
  return (
    nameLike.test(value) && !/^[\d.]+$/.test(value) && !meaningful.has(value) && resourceByName(value) === undefined
  );
}

function refsOf({ object, members, origins, evidence }: Finding): readonly ObjectRef[] {
  return [object, ...members, ...origins, ...evidence.map((one) => one.object)];
}

function valuesOf({ key, values = {} }: Finding): readonly (readonly [string, string])[] {
  return [['key', key], ...Object.entries(values)];
}

/** A pod's name without what its controller appended: the hash of the template and a random end, or an ordinal. */
function familyOf(pod: string): string {
  return pod.replace(/(?:-[bcdf0-9][bcdfghjklmnpqrstvwxz2456789]{5,9})?-[bcdfghjklmnpqrstvwxz2456789]{5}$|-\d+$/, '');
}
