/**
 * A signal that is aborted with `signal`, or with a TimeoutError when the time is over. Unlike AbortSignal.timeout it can be taken back:
 * what reads a cluster again and again would else hold a minute's worth of timers.
 * @param milliseconds 0 means no limit.
 */
export function deadline(
  signal: AbortSignal,
  milliseconds: number,
): { readonly signal: AbortSignal; readonly clear: () => void } {
  if (milliseconds <= 0) return { signal, clear: () => {} };
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  const timer = setTimeout(() => {
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  }, milliseconds);
  timer.unref();
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', follow);
    },
  };
}
