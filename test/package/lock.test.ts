/** What a build from source installs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/root';

interface Locked {
  version?: string;
  integrity?: string;
  resolved?: string;
  inBundle?: boolean;
  optional?: boolean;
}

const read = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));

describe('the lock file', () => {
  const packages: Record<string, Locked> = read('package-lock.json').packages;
  const others = Object.entries(packages).filter(([path]) => path !== '');

  it('names every package by an exact version, and all but optional builds for other machines by a hash', () => {
    expect(others.length).toBeGreaterThan(100);
    for (const [path, { version, integrity, inBundle, optional }] of others) {
      expect({ path, version }).toEqual({ path, version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
      if (!inBundle && !optional)
        expect({ path, integrity }).toEqual({ path, integrity: expect.stringMatching(/^sha512-/) });
    }
  });

  it('says of no package where it was downloaded from', () => {
    expect(others.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('holds what the package asks for, which is exact too', () => {
    const { dependencies, devDependencies } = read('package.json');
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      expect(packages[`node_modules/${name}`]?.version).toBe(String(version).replace(/^npm:.*@/, ''));
  });
});
