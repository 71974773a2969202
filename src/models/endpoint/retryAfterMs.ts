/** No server may stop the work for longer than this with one header. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * How long a Retry-After header (RFC 9110, 10.2.3: seconds or an HTTP date) asks to wait, in ms,
 * at most LONGEST_RETRY_AFTER_MS; 0 where it is absent, past or nonsense.
 */
export function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const seconds = header.trim();
  const waitMs = /^\d+(\.\d+)?$/.test(seconds)
    ? Number(seconds) * 1000
    : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) ? 0 : Math.min(Math.max(waitMs, 0), LONGEST_RETRY_AFTER_MS);
}
