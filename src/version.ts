import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of this package; its `package.json` lies two folders above the compiled file. */
export const VERSION =
  versionOf(join(__dirname, '..', '..', 'package.json')) ??
  versionOf(join(__dirname, '..', 'package.json')) ??
  '0.0.0';

function versionOf(path: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(path, 'utf8'));
    return name === 'background-agents' ? version : undefined;
  } catch {
    return undefined;
  }
}
