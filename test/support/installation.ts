/** Another installation of this package: its built files in a folder of their own, under another version. */
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

export interface Installation {
  /** Its `bga`. */
  main: string;
  remove(): void;
}

export function install(version: string): Installation {
  const folder = mkdtempSync(join(tmpdir(), `bga-${version}-`));
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'background-agents', version }));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return {
    main: join(folder, 'dist', 'src', 'cli', 'main.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
