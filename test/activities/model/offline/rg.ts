import { execFileSync } from 'node:child_process';

/** The binary of this platform; the package that names it is an ES module, which jest does not load. */
const rgPath = require.resolve(
  `@vscode/ripgrep-${process.platform}-${process.arch}/bin/rg${process.platform === 'win32' ? '.exe' : ''}`,
);

/** Every file below a root that a search would see. */
export const filesOf = (root: string): string[] =>
  execFileSync(rgPath, ['--no-config', '--files', '--sort', 'path'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n');
