import type { Code } from './codes.ts';

/**
 * The registry of an image reference: the part before the first slash where it looks like a host (it has a dot or a port, or is
 * `localhost`), else Docker Hub. Source: distribution reference, ParseNormalizedNamed.
 */
export function registryOf(image: string): string {
  const slash = image.indexOf('/');
  const first = slash === -1 ? '' : image.slice(0, slash);
  return first === 'localhost' || /[.:]/.test(first) ? first : 'docker.io';
}

/** Why a pull failed: the code, what the registry or runtime does, and the short reason. */
export interface PullFault {
  readonly code: Code;
  readonly reason: string;
}

/** Reasons of the kubelet that say it all. */
const byReason: Readonly<Record<string, PullFault>> = {
  InvalidImageName: { code: 'PodImageNameInvalid', reason: 'the name is not a valid image reference' },
  ErrImageNeverPull: { code: 'PodImageNeverPull', reason: 'imagePullPolicy is Never and the node does not have it' },
};

/**
 * Texts of containerd, CRI-O and the registries, most telling first: a refused token request also says that the pull failed, and a
 * proxy's error page may say `not found`.
 */
const byText: readonly (readonly [RegExp, PullFault])[] = [
  [/toomanyrequests|too many requests|\b429\b/i, limited('too many pulls from this address or account')],
  [/pull QPS exceeded/i, limited("the kubelet's own limit of pulls (registryPullQPS) is reached")],
  [/no space left on device|disk quota exceeded/i, { code: 'PodImageNoSpace', reason: 'no space left on the node' }],
  [/x509: certificate has expired or is not yet valid/, unreachable('its certificate has expired or is not yet valid')],
  [/x509: certificate is (?:valid for|not valid for any)/, unreachable('its certificate is for another name')],
  [/x509:|certificate signed by unknown|certificate verify failed/i, unreachable('its certificate is not trusted')],
  [/server gave HTTP response to HTTPS client/i, unreachable('it speaks plain HTTP, the node asked for HTTPS')],
  [/no such host|server misbehaving|name resolution/i, unreachable('its name cannot be resolved')],
  [/connection refused/i, unreachable('the connection is refused')],
  [/i\/o timeout|TLS handshake timeout|deadline exceeded|Client\.Timeout/i, unreachable('no answer in time')],
  [/no route to host|network is unreachable|host is down/i, unreachable('there is no route to it')],
  [/connection reset|\bEOF\b|broken pipe/i, unreachable('the connection breaks off')],
  [/\b50[0234]\b|internal server error|bad gateway|service unavailable/i, unreachable('it answers with an error')],
  [
    /no match for platform|no matching manifest for|no image found in (?:image index|manifest list)/i,
    { code: 'PodImagePlatform', reason: 'it has no build for the platform of the node' },
  ],
  [
    /media type\b.{0,200} no longer supported/,
    failing('its format is an old one that the runtime no longer reads; it has to be built anew'),
  ],
  [
    /signature was required|signature validation failed|Source image rejected/i,
    failing('the node demands a signature that it does not have'),
  ],
  [/did not resolve to an alias|short-name/i, invalid('a short name that the node maps to no registry')],
  [
    /couldn't parse image|invalid reference format|repository name must be lowercase/i,
    invalid('not a valid reference'),
  ],
  [
    /pull access denied|insufficient_scope|repository does not exist or may require/i,
    { code: 'PodImagePullDenied', reason: 'access denied, or no such repository' },
  ],
  [
    /\b40[13]\b|unauthorized|not authorized|authentication required|no basic auth credentials|authorization token|access denied|denied:|forbidden/i,
    { code: 'PodImagePullDenied', reason: 'access denied' },
  ],
  [
    /manifest unknown|name unknown|not ?found|does not exist|\b404\b/i,
    { code: 'PodImageNotFound', reason: 'no such repository or tag' },
  ],
];

function limited(reason: string): PullFault {
  return { code: 'PodImageRateLimited', reason };
}

function unreachable(reason: string): PullFault {
  return { code: 'PodRegistryUnreachable', reason };
}

function failing(reason: string): PullFault {
  return { code: 'PodImagePullFailed', reason };
}

function invalid(reason: string): PullFault {
  return { code: 'PodImageNameInvalid', reason };
}

/**
 * Classifies a failed pull by the kubelet's reason and the runtime's text. The image's own name is taken out of the text first: a
 * tag may read like a status code. Undefined where neither says why.
 */
export function classifyPull(reason: string, text: string, image: string): PullFault | undefined {
  const known = Object.hasOwn(byReason, reason) ? byReason[reason] : undefined;
  if (known !== undefined) return known;
  const words = withoutNames(text, image);
  const fault = byText.find(([pattern]) => pattern.test(words))?.[1];
  return fault?.code === 'PodImagePullDenied' && isOfficial(image) && noneOrDenied.test(words) ? notOfficial : fault;
}

/** What Docker Hub says of a repository that does not exist, as of one that is private. */
const noneOrDenied = /repository does not exist or may require/i;
/** Docker Hub's official images are public, so none of them is refused: one that is does not exist. */
const notOfficial: PullFault = {
  code: 'PodImageNotFound',
  reason: "a name without a registry is one of Docker Hub's official images, and there is none of this name",
};

/** True for images that a short name leads to: `web:1` is `docker.io/library/web:1`. */
function isOfficial(image: string): boolean {
  return /^(?:(?:index\.)?docker\.io\/)?(?:library\/)?[^/]+$/.test(image);
}

/** The text without the image's name, without URLs, paths and other image names: all that has a slash, save `i/o timeout`. */
function withoutNames(text: string, image: string): string {
  const bare = (word: string) => word.replaceAll(/^["'`(]+|["'`):,;]+$/g, '');
  return text
    .split(/\s+/)
    .filter((word) => bare(word) === 'i/o' || !(word.includes('/') || bare(word) === image))
    .join(' ');
}
