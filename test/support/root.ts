import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The checkout, seen from the sources that jest runs or from what was compiled of them. */
export const ROOT =
  [join(__dirname, '..', '..'), join(__dirname, '..', '..', '..')].find((folder) =>
    existsSync(join(folder, 'package.json')),
  ) ?? process.cwd();
