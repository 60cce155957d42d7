#!/usr/bin/env node
import { runCli } from './program';

/** Whoever read our output has gone, as `head` does when it has enough: there is nobody left to tell. */
function endWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}
process.stdout.on('error', endWhenNobodyReads);
process.stderr.on('error', endWhenNobodyReads);

runCli(process.argv, process.env).then((code) => {
  // Set rather than called, so that what was written to a pipe is written out.
  process.exitCode = code;
});
