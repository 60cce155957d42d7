/**
 * Process entry: `guard-main.js <program> [argument…]` runs the program and ends with it. It leads a process group of
 * its own, and its standard input is a pipe from its caller: when that breaks, the caller has gone, however it went,
 * and the whole group goes with it. Without it a compiler would work on for minutes for nobody.
 */
import { spawn } from 'node:child_process';

const [program = '', ...args] = process.argv.slice(2);

function endGroup(): void {
  process.kill(-process.pid, 'SIGKILL');
}
process.stdin.on('end', endGroup).on('error', endGroup).resume();

const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
child.once('exit', (code, signalName) => {
  if (signalName !== null) console.error(`ended by ${signalName}`);
  process.exit(code ?? 1);
});
