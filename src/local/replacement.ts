/** Whether a caller goes on with the service that runs, or puts one of its own in its place. Pure. */
import { accessId, type ModelAccess } from './access';
import type { Replaced } from './replaced';
import type { ServiceState } from './state';
import { compareVersions } from './version';

/** What the caller would start. */
export interface Wanted {
  version?: string;
  access?: ModelAccess;
  /** Fingerprint of the key file as it is now: a worker without a key in its environment reads it at each call. */
  fileKey?: string;
  /** Ids of the keys that payloads are encrypted with. */
  encryptionKeys?: readonly string[];
}

export interface Circumstances {
  /** Files that the running service would be started from again, and that are gone. */
  missing: readonly string[];
  /** Ids of the accesses that another one has taken the place of; see {@link verdictOn}. */
  superseded: readonly string[];
  /** `never`: whatever answers will do. `always`: somebody asked for the caller's own (`bga up`). */
  replace: 'never' | 'once' | 'always';
}

export interface Reason {
  why: Replaced['why'];
  text: string;
}

export type Verdict = { replace: Reason; remark?: undefined } | { replace?: undefined; remark?: Reason };

type Running = Pick<ServiceState, 'state' | 'version' | 'provider' | 'access' | 'encryptionKeys'>;

/**
 * Two shells with different keys, or an editor that was started before the key was changed, must not restart the
 * service at every turn. So an access that has been superseded takes over again only when that is asked for.
 */
export function verdictOn(running: Running, wanted: Wanted, circumstances: Circumstances): Verdict {
  const { missing, superseded, replace } = circumstances;
  // It is on its way out already; whoever starts the next one decides anew.
  if (running.state === 'stopping') return {};
  const reason = replacementReason(running, wanted, missing);
  if (!reason)
    return isOlder(wanted, running) ? { remark: { why: 'version', text: olderText(wanted, running) } } : {};
  // What cannot run must not be a dead end, whoever comes.
  if (reason.why === 'files' && running.state !== 'ready') return { replace: reason };
  if (replace === 'never') return {};
  if (hasLess(wanted, running)) return { remark: { ...reason, text: lessText(reason) } };
  const { access } = wanted;
  const isSuperseded = access !== undefined && superseded.includes(accessId(access));
  if (reason.why === 'access' && isSuperseded && running.provider === 'anthropic' && replace === 'once')
    return { remark: { ...reason, text: supersededText(reason) } };
  return { replace: reason };
}

/** How the running service falls short of what this caller would start, if it does. */
function replacementReason(running: Running, wanted: Wanted, missing: readonly string[]): Reason | undefined {
  const { version } = wanted;
  const difference = version === undefined ? 0 : compareVersions(version, running.version);
  if (difference > 0)
    return {
      why: 'version',
      text: `The local service was started by version ${running.version}, and this is ${version}`,
    };
  const [gone] = missing;
  // Agents of a newer version are only handed to an older worker when no other is left.
  if (gone !== undefined && (difference === 0 || running.state !== 'ready'))
    return {
      why: 'files',
      text: `The installation that the local service was started from is gone (${gone})`,
    };
  const access = difference === 0 ? accessDifference(running, wanted) : undefined;
  return access === undefined ? undefined : { why: 'access', text: access };
}

/** A caller with less, or with nothing, takes nothing away: only what it has counts. */
function accessDifference(running: Running, { access, fileKey }: Wanted): string | undefined {
  if (access?.provider !== 'anthropic') return undefined;
  if (running.provider === 'offline') {
    if (access.key !== 'none') return 'The worker was started without the API key that you have now';
    return 'The worker was started with the offline model, and your configuration says anthropic';
  }
  if (!running.access) return undefined;
  const key = running.access.key === 'environment' ? running.access.fingerprint : fileKey;
  if (access.fingerprint !== undefined && access.fingerprint !== key)
    return key === undefined
      ? 'The worker was started without the API key that you have now'
      : 'The worker was started with another API key than the one you have now';
  if (access.baseUrl !== undefined && access.baseUrl !== running.access.baseUrl)
    return `The worker was started for ${running.access.baseUrl ?? "Claude's own API"}, and your configuration says ${access.baseUrl}`;
  return undefined;
}

/** Whether a service that this caller starts could no longer read the agents, or reach the model that they work with. */
function hasLess({ access, encryptionKeys = [] }: Wanted, running: Running): boolean {
  if (running.encryptionKeys?.some((id) => !encryptionKeys.includes(id))) return true;
  if (access === undefined || running.provider !== 'anthropic') return false;
  if (access.provider === 'offline') return true;
  if (running.access === undefined) return false;
  if (access.fingerprint === undefined) return running.access.key === 'environment';
  // The same key without its gateway would be sent elsewhere.
  const isSameKey = access.fingerprint === running.access.fingerprint;
  return isSameKey && running.access.baseUrl !== undefined && access.baseUrl === undefined;
}

function isOlder({ version }: Wanted, running: Running): boolean {
  return version !== undefined && compareVersions(version, running.version) < 0;
}

export function replacedText({ why, text }: Reason): string {
  return `${text}: restarted ${why === 'files' ? 'from this one' : 'with it'}.`;
}

function olderText({ version }: Wanted, running: Running): string {
  return `The local service is of the newer version ${running.version} and was left as it is; this is ${version}.`;
}

function lessText({ text }: Reason): string {
  return `${text}. It was left as it is, because it has a key or a base URL that this environment lacks. To restart it, run bga up where they are set.`;
}

function supersededText({ text }: Reason): string {
  return `${text}. It was left as it is, because it was restarted with that one after yours; to restart it with yours: bga up`;
}
