/** Notices an agent that makes the very same tool call again and again. */
import type { ToolUseBlock } from './contract';
import { canonicalJson } from './text';

/** Calls looked back on: a file may well be read again after a long while. */
const WINDOW = 40;

export interface LoopGuard {
  /** Signatures of the latest calls, oldest first. */
  recent: number[];
}

export function noteCall(guard: LoopGuard, call: ToolUseBlock): { guard: LoopGuard; repeats: number } {
  const signature = hash(`${call.name} ${call.malformedInput ?? canonicalJson(call.input)}`);
  const recent = [...guard.recent, signature].slice(-WINDOW);
  return { guard: { recent }, repeats: recent.filter((other) => other === signature).length };
}

/** 53 bits of cyrb53 (public domain): a signature is 8 bytes in memory, whatever the arguments weigh. */
function hash(text: string): number {
  let h1 = 0xdeadbeef;
  let h2 = 0x41c6ce57;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    h1 = Math.imul(h1 ^ code, 2654435761);
    h2 = Math.imul(h2 ^ code, 1597334677);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  return 4294967296 * (2097151 & h2) + (h1 >>> 0);
}
