import type { ObjectRef } from '../model/object.ts';
import { clean } from './terminal.ts';

/**
 * An object as a relative path, for tools that show what is wrong with files: `shop/deployment/web`, `_cluster/node/n1`. It is a valid
 * relative reference (RFC 3986), never leads upwards, and no namespace begins with an underscore.
 */
export function objectPath({ namespace, kind, name }: ObjectRef): string {
  return [namespace ?? '_cluster', kind.toLowerCase(), name].map(segment).join('/');
}

function segment(text: string): string {
  return encodeURIComponent(clean(text)).replace(/^\.*$/, (dots) => `_${dots}`);
}
