import { workspaceFact } from '../../facts';
import { type Check, judge, type LocalOptions, localPaths, type ServiceState } from '../../local';
import { VERSION } from '../../version';

const FIX = 'Run: bga up (so does the next command that works with agents)';

/** Whether the service that runs is what this installation would start from this environment. */
export function checkRunning(running: ServiceState, options: LocalOptions): Check[] {
  const { replace, remark } = judge(running, options, localPaths(options.stateDir));
  const well = {
    version: { name: 'version', detail: running.version === VERSION ? VERSION : `${running.version} runs` },
    files: { name: 'installation', detail: running.installation?.[1] ?? 'not recorded' },
    access: { name: "worker's model", detail: modelOf(running) },
  };
  return Object.entries(well).map(([why, { name, detail }]) => {
    if (why === replace?.why) return { name, ok: false, detail: replace.text, fix: FIX };
    const said = remark?.why === why ? remark.text : detail;
    return { name, ok: true, detail: said, fix: '' };
  });
}

/** A spawn is refused by the roots that are set here; the tools of its agent by those of the worker. */
export async function checkRoots(
  { workspaceRoots: roots }: ServiceState,
  workspace: string,
): Promise<Check[]> {
  if ((await workspaceFact(workspace, roots)).kind !== 'outside_roots') return [];
  const detail = `the worker was started with other BGA_WORKSPACE_ROOTS: ${workspace} lies outside the allowed roots.`;
  return [{ name: "worker's workspace", ok: false, detail, fix: 'Run: bga down && bga up' }];
}

const KEY_FROM = {
  environment: ', key from the environment it was started in',
  file: ', key from the file',
  none: ', no key',
};

function modelOf({ provider = 'unknown', access }: ServiceState): string {
  if (provider !== 'anthropic' || !access) return provider;
  return `${provider}${access.baseUrl ? ` at ${new URL(access.baseUrl).host}` : ''}${KEY_FROM[access.key]}`;
}
