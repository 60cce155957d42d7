#!/usr/bin/env node
import { runCli } from './program';

/** A log or a progress line that does not fit on the disk is no reason to end what it tells of. */
function tolerateFullDisk(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOSPC') endWhenNobodyReads(error);
}

/** Whoever read our output has gone, as `head` does when it has enough: there is nobody left to tell. */
function endWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}
process.stdout.on('error', endWhenNobodyReads);
process.stderr.on('error', tolerateFullDisk);

runCli(process.argv, process.env).then((code) => {
  // Set rather than called, so that what was written to a pipe is written out.
  process.exitCode = code;
});
