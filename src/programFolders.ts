import { basename, delimiter, dirname, isAbsolute } from 'node:path';

/**
 * The folders of PATH that programs are taken from. What runs must not depend on the folder that somebody happens to be in, whose
 * content nobody has vouched for: so no relative ones, and none of those that npm and npx put in front, of that folder and all above.
 */
export function programFolders(path: string | undefined): string[] {
  return (path ?? '').split(delimiter).filter((folder) => isAbsolute(folder) && !isOfNpm(folder));
}

function isOfNpm(folder: string): boolean {
  return basename(folder) === '.bin' && basename(dirname(folder)) === 'node_modules';
}
