import type { Container } from '../../src/kit.ts';

export type Probe = NonNullable<Container['readinessProbe']>;
export type ProbeName = 'readiness' | 'liveness' | 'startup';

/** Seconds that a container may take before its probe's first success or failure counts. Defaults of the API: 0, 10 s, 3 times. */
export function probeWindow({ initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 }: Probe): number {
  return initialDelaySeconds + periodSeconds * failureThreshold;
}

/** A probe in a few words: `HTTP GET :8080/ready`, `TCP :5432`, `gRPC :9000`, `command pg_isready`. */
export function probeText({ httpGet, tcpSocket, grpc, exec }: Probe): string {
  if (httpGet !== undefined) {
    const scheme = httpGet.scheme === 'HTTPS' ? 'HTTPS' : 'HTTP';
    return `${scheme} GET ${httpGet.host ?? ''}:${String(httpGet.port)}${httpGet.path ?? '/'}`;
  }
  if (tcpSocket !== undefined) return `TCP ${tcpSocket.host ?? ''}:${String(tcpSocket.port)}`;
  if (grpc !== undefined) return `gRPC :${grpc.port}`;
  return exec === undefined ? 'no check' : `command ${(exec.command ?? []).join(' ').slice(0, 80)}`.trim();
}

/** The port that a probe asks; undefined for commands. */
export function probePort({ httpGet, tcpSocket, grpc }: Probe): string | number | undefined {
  return httpGet?.port ?? tcpSocket?.port ?? grpc?.port;
}

const texts: readonly (readonly [RegExp, string | ((match: RegExpExecArray) => string)])[] = [
  [/HTTP probe failed with statuscode: (\d{3})/, (match) => `HTTP status ${match[1]}${statusHint(match[1] ?? '')}`],
  [/connection refused/, 'connection refused: nothing listens there, or on localhost only'],
  [/server gave HTTP response to HTTPS client/, 'it speaks plain HTTP where the probe uses HTTPS'],
  [/malformed HTTP response|HTTP\/1.x transport connection broken/, 'it does not speak plain HTTP'],
  [/no such host|lookup /, 'the name of the host cannot be resolved'],
  [/no route to host|network is unreachable/, 'there is no route to the pod'],
  [/executable file not found|no such file or directory/, 'the command is not in the image'],
  [/invalid syntax|could not find port|couldn't find port/, 'the port is a name that the container does not declare'],
  [/NOT_SERVING/, 'the gRPC service says NOT_SERVING'],
  [/deadline exceeded|Client\.Timeout|i\/o timeout|timed out|failed to connect service/, 'no answer in time'],
  [/connection reset|\bEOF\b/, 'the connection breaks off'],
];

/** What an Unhealthy event tells in a few words; undefined where the text is none that is known (the output of a command). */
export function failureText(message: string): string | undefined {
  for (const [pattern, words] of texts) {
    const match = pattern.exec(message);
    if (match !== null) return typeof words === 'string' ? words : words(match);
  }
  return undefined;
}

function statusHint(status: string): string {
  if (status === '404') return ', the path does not exist';
  if (status === '401' || status === '403') return ', the path wants a login';
  if (status === '400') return ', perhaps plain HTTP on a TLS port';
  return '';
}
