const KEY_SHAPES = [
  /\bsk-[A-Za-z0-9_-]{6,}/g,
  /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi,
  // Credentials inside a URL.
  /(?<=\/\/)[^/@\s]+@/g,
];

/** Takes keys out of a text: the ones we know, and whatever is shaped like one. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  // Short strings are no keys, and would blank out ordinary words.
  for (const secret of secrets.filter((each) => each.length >= 4)) {
    clean = clean.replaceAll(secret, '[redacted]');
  }
  return KEY_SHAPES.reduce((safe, shape) => safe.replace(shape, '[redacted]'), clean);
}
