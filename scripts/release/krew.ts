import { dump } from 'js-yaml';

/** A plugin of Krew's index, as far as ours goes: https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/ */
export interface KrewManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly homepage: string;
    readonly shortDescription: string;
    readonly description: string;
    readonly caveats: string;
    readonly platforms: readonly {
      readonly selector: unknown;
      readonly uri: string;
      readonly sha256: string;
      readonly files: readonly { readonly from: string; readonly to: string }[];
      readonly bin: string;
    }[];
  };
}

/**
 * The manifest of the plugin: the npm package as it is, which every system with Node can run. Windows is left out: Krew wants an .exe there.
 * @param uri where the npm package can be fetched. @param sha256 of it, in hex.
 */
export function krewManifest(of: { version: string; homepage: string; uri: string; sha256: string }): KrewManifest {
  return {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'mekhanikube' },
    spec: {
      version: `v${of.version}`,
      homepage: of.homepage,
      shortDescription: 'Tells what is wrong with a cluster, and why',
      description: [
        'Joins what it finds into incidents with one root cause each, proves every',
        'link with the field that says so, and says what to do. It only reads. A',
        'local Ollama model can put it into words.',
        '',
      ].join('\n'),
      caveats: 'Needs Node.js 22.19 or newer.\n',
      platforms: [
        {
          selector: { matchExpressions: [{ key: 'os', operator: 'In', values: ['darwin', 'linux'] }] },
          uri: of.uri,
          sha256: of.sha256,
          files: [{ from: 'package/*', to: '.' }],
          bin: 'bin/mekhanikube.js',
        },
      ],
    },
  };
}

export function toYaml(manifest: KrewManifest): string {
  return dump(manifest, { lineWidth: 100 });
}
