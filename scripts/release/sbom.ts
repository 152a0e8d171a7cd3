/** What is used here of a bill of materials in CycloneDX. */
export interface Bom {
  readonly metadata: { readonly component: object };
  readonly components: readonly BomComponent[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface BomComponent {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly properties?: readonly { readonly name: string }[];
}

/**
 * Leaves of npm's bill of materials what a package contains: it is bundled, so that npm takes all of it for tools of development.
 * @param all what `npm sbom` says. @param notices THIRD-PARTY-NOTICES, which name every bundled package.
 * @throws where a bundled package is not in npm's list.
 */
export function bundledOnly(all: Bom, notices: string): Bom {
  const bundled = [...notices.matchAll(/^-{80}\n(\S+) (\S+) \(/gm)].map(([, name, version]) => `${name}@${version}`);
  const idOf = ({ name, version }: BomComponent) => `${name}@${version}`;
  const missing = bundled.filter((id) => !all.components.some((one) => idOf(one) === id));
  if (bundled.length === 0 || missing.length > 0)
    throw new Error(`npm's bill of materials does not know what is bundled: ${missing.join(', ') || 'no notices'}`);
  const components = all.components
    .filter((one) => bundled.includes(idOf(one)))
    .map(({ properties = [], ...one }) => ({
      ...one,
      scope: 'required',
      properties: properties.filter(({ name }) => name !== 'cdx:npm:package:development'),
    }));
  const kept = new Set(components.map((one) => one['bom-ref']));
  const [main] = all.dependencies;
  const links = all.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }));
  return {
    ...all,
    metadata: { ...all.metadata, component: { ...all.metadata.component, name: 'mekhanikube' } },
    components,
    dependencies: main === undefined ? links : [{ ref: main.ref, dependsOn: [...kept] }, ...links],
  };
}
