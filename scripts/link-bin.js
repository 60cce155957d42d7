// Puts `bga` where `npx` looks first. Without it npx installs a checkout of this package into its own cache,
// which runs the whole build again at the first call, and stays broken when that is interrupted.
const { chmodSync, mkdirSync, rmSync, symlinkSync } = require('node:fs');
const { join } = require('node:path');

const bin = join(__dirname, '..', 'node_modules', '.bin');
const main = join('..', '..', 'dist', 'src', 'cli', 'main.js');

mkdirSync(bin, { recursive: true });
chmodSync(join(bin, main), 0o755);
for (const name of ['bga', 'background-agents']) {
  rmSync(join(bin, name), { force: true });
  symlinkSync(main, join(bin, name));
}
