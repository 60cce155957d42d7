import type { Price } from '../../activities/model/pricing';
import type { Provider, Tier } from '../../workflows/contract';
import type { AgentTypeOverride, FallbackRule, LimitOverrides } from '../agentTypes/agentType';
import type { LogSettings } from '../log/log';
import type { KeySource } from './credentials';

/** The effective configuration: parsed once, then passed to whoever needs a part of it. It holds no secret. */
export interface Config {
  provider: Provider;
  anthropicBaseUrl?: string;
  /** Where an API key was found when the configuration was read. */
  apiKeySource?: KeySource;
  models: Record<Tier, string>;
  /** Further model ids that a caller may ask for, such as those of a gateway. */
  extraModels: readonly string[];
  /** By model id. */
  prices: Readonly<Record<string, Price>>;
  /** Tokens that a model takes in and gives out at once, by model id. */
  contextTokens: Readonly<Record<string, number>>;
  /** Directories that agents may be given; absent means any. */
  workspaceRoots?: readonly string[];
  toolPrefix: string;
  /** In place of every type's own limits, except where the configuration of that type says otherwise. */
  limits: LimitOverrides;
  /** What the workspace's file lowers them to. */
  limitCaps: LimitOverrides;
  sessionLimits: SessionLimits;
  modelIdleTimeoutMs: number;
  modelTotalTimeoutMs: number;
  /** How often an agent that waits for a person tries its model again. */
  modelProbeMs: number;
  /** Half of the silence after which a session's process is taken for dead; absent: by the kind of service. */
  sessionLeaseMs?: number;
  /** Without a client and an agent for so long, the local service stops by itself; absent: never. */
  idleStopMs?: number;
  /** Activities at a time, by worker. */
  concurrency: Record<Tier | 'workspace', number>;
  /** Model calls started a second, by tier, over all workers; absent means as many as come. */
  ratePerSecond: Partial<Record<Tier, number | undefined>>;
  /** How long a worker that is told to end lets calls in flight go on. */
  shutdownGraceMs: number;
  /** Of every type whose own configuration says nothing else. */
  fallback: FallbackRule;
  http: HttpSettings;
  /** Where a worker answers Prometheus; without a port it does not. */
  metrics: { host: string; port?: number | undefined };
  /** Of what runs on: workers, the local service, `bga mcp`, `bga codec-server`. */
  log: LogSettings;
  /** On whose behalf the command line and `bga mcp` act; absent: the user of this machine, who sees all. */
  owner?: string;
  /** Whether a caller sees the agents of others. */
  shareAgents: boolean;
  /** Whether payloads are compressed where it pays. */
  compression: boolean;
  /** Where the key was found that encrypts payloads, when the configuration was read. */
  encryptionKeySource?: KeySource;
  /** On a cluster: the task queue of the workers that see the directories which agents are given here. */
  workspaceQueue: string;
  namespace: string;
  /** Empty on the embedded service; see `isLocal`. */
  temporal: TemporalSettings;
  temporalBinary?: string;
  noDownload: boolean;
  /** The user's own types, and changes to built-in ones. */
  agentTypes: Readonly<Record<string, AgentTypeOverride>>;
  /** Types that the workspace adds. */
  workspaceAgentTypes: Readonly<Record<string, AgentTypeOverride>>;
  stateDir: string;
  /** Present when the workspace has a file of its own. */
  workspaceFile?: string;
  /** The user's own file, whether it exists or not: messages say that a key may be set there. */
  userFile: string;
  /** Where each value came from, by dotted key. */
  sources: ReadonlyMap<string, string>;
}

/** Of one orchestrator's connection, or of all that one user starts from the command line. Absent means no limit. */
export interface SessionLimits {
  /** More are queued as `pending`. */
  maxRunningAgents?: number | undefined;
  /** More are refused. */
  maxSpawnsPerMinute?: number | undefined;
}

/** Of `bga mcp --http`. */
export interface HttpSettings {
  host: string;
  port?: number | undefined;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
  maxBodyBytes: number;
  headersTimeoutMs: number;
  requestTimeoutMs: number;
  /** How long a connection may be idle between two requests. */
  keepAliveMs: number;
  maxConnections: number;
  /** Of one caller. */
  requestsPerMinute: number;
  /** Of one caller at a time, in revisions of the protocol that have sessions. */
  maxSessions: number;
  sessionIdleMs: number;
  publicUrl?: string | undefined;
  issuer?: string | undefined;
  audience?: string | undefined;
  jwksUrl?: string | undefined;
  scopes: readonly string[];
}

export interface TemporalSettings {
  address?: string;
  profile?: string;
  configFile?: string;
  hasApiKey?: boolean;
  tls?: boolean;
}

/** The embedded service is used unless an address or a profile is configured. */
export function isLocal(config: Pick<Config, 'temporal'>): boolean {
  return config.temporal.address === undefined;
}
