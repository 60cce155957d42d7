/** What `go install -v` is at, from the lines that it writes. Pure. */

interface GoBuild {
  /** The module that is being fetched. */
  fetching: string | undefined;
  compiled: number;
}

export const GO_BUILD_BEGINS: GoBuild = { fetching: undefined, compiled: 0 };

export function afterGoLine(build: GoBuild, line: string): GoBuild {
  const [, module] = /^go: downloading (\S+)/.exec(line) ?? [];
  if (module !== undefined) return { ...build, fetching: module };
  return isPackage(line) ? { ...build, compiled: build.compiled + 1 } : build;
}

/** `-v` names each package as it is compiled; anything else that Go writes has more than one word. */
export function isPackage(line: string): boolean {
  return /^[\w./~-]+$/.test(line);
}

export function goBuildText({ fetching, compiled }: GoBuild): string {
  if (compiled > 0) return `compiling, package ${compiled}`;
  return fetching === undefined ? 'looking at what it needs' : `getting its sources: ${fetching}`;
}
