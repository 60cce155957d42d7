/**
 * The code that runs in the filter's thread. As text, because that is the one form that works from `dist` and
 * from the sources in a test alike: a thread cannot load TypeScript, and a built file next to a test may be stale.
 * It imports nothing but the engine, whose path is given, and says `ready` before the clock starts.
 */
export const WORKER_SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const { RE2JS } = require(workerData.enginePath);

function run({ lines, pattern }) {
  let regex;
  try {
    regex = RE2JS.compile(pattern);
  } catch (error) {
    return { kind: 'invalid', problem: String(error.message) };
  }
  const matched = [];
  for (let i = 0; i < lines.length; i += 1) if (regex.test(lines[i])) matched.push(i);
  return { kind: 'done', matched };
}

parentPort.once('message', (job) => parentPort.postMessage(run(job)));
parentPort.postMessage({ kind: 'ready' });
`;

export type WorkerMessage =
  | { kind: 'ready' }
  | { kind: 'invalid'; problem: string }
  | { kind: 'done'; matched: number[] };
