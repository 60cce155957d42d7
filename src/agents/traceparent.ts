/** Version 00 of W3C's Trace Context, without its all-zero ids, which stand for no trace. */
const FORM = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace that a caller says he is in. What is written otherwise is passed over: no spawn fails for its trace. */
export function traceparentIn(given: unknown): { traceparent?: string } {
  return typeof given === 'string' && FORM.test(given) ? { traceparent: given } : {};
}
