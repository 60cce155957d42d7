#!/usr/bin/env node
import { runCli } from './program';

runCli(process.argv, process.env).then((code) => {
  // Set rather than called, so that what was written to a pipe is written out.
  process.exitCode = code;
});
