/** What one request carries to say who is asking. */
export interface Credential {
  /** The value of the Authorization header. */
  readonly authorization?: string;
  /** The client certificate, PEM. */
  readonly certificate?: string;
  readonly key?: string;
}

/** Where credentials come from. */
export interface Credentials {
  /** The credential to use now: the same object as long as it holds. */
  current(this: void, signal: AbortSignal): Promise<Credential>;
  /** The server has refused this credential (401): where `current` gives another object next, that one is worth a try. */
  refused(this: void, credential: Credential): void;
}

/** A credential that never changes. */
export function fixed(credential: Credential): Credentials {
  return { current: () => Promise.resolve(credential), refused: () => undefined };
}

/** Credentials that are made on demand, by one maker at a time, and kept for as long as they hold. */
export function made(
  make: (signal: AbortSignal) => Promise<{ credential: Credential; expires?: number }>,
): Credentials {
  let kept: { credential: Credential; expires?: number } | undefined;
  let making: Promise<{ credential: Credential; expires?: number }> | undefined;
  return {
    async current(signal) {
      if (kept !== undefined && (kept.expires === undefined || kept.expires > Date.now())) return kept.credential;
      making ??= make(signal).finally(() => {
        making = undefined;
      });
      kept = await making;
      return kept.credential;
    },
    refused(credential) {
      // Another request may have seen the refusal first and renewed already.
      if (kept?.credential === credential) kept = undefined;
    },
  };
}
