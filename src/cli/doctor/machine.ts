import { accessSync, constants } from 'node:fs';
import type { Check } from '../../local';
import { requireDirectory } from '../workspace';

export function checkNode(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { name: 'node', ok, detail: `v${version}`, fix: ok ? '' : 'Install Node 20.19 or later.' };
}

export function checkWorkspace(workspace: string): Check {
  const name = 'workspace';
  try {
    requireDirectory(workspace);
    accessSync(workspace, constants.R_OK | constants.X_OK);
    return { name, ok: true, detail: workspace, fix: '' };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name, ok: false, detail, fix: 'Name a directory that you may read, with -C' };
  }
}
