import { DEFAULT_PRICES } from '../../activities/model/pricing';
import { fromPrice } from './prices';
import type { Layer } from './schema';

/** The lowest layer. Each default stands here and nowhere else, except prices: those are beside the code that uses them. */
export const DEFAULTS = {
  models: { haiku: 'claude-haiku-5-5', sonnet: 'claude-sonnet-5-5', opus: 'claude-opus-5-5' },
  extraModels: [],
  prices: Object.fromEntries(Object.entries(DEFAULT_PRICES).map(([id, price]) => [id, fromPrice(price)])),
  contextTokens: { 'claude-haiku-5-5': 200_000, 'claude-sonnet-5-5': 200_000, 'claude-opus-5-5': 200_000 },
  toolPrefix: '',
  limits: {},
  sessionLimits: {},
  modelIdleTimeoutMs: 90_000,
  modelTotalTimeoutMs: 900_000,
  modelProbeMs: 30_000,
  concurrency: { haiku: 20, sonnet: 10, opus: 5, workspace: 20 },
  ratePerSecond: {},
  /** The local service kills what has not ended after ten seconds. */
  shutdownGraceMs: 8_000,
  /** Off: no tier has another in its place. */
  fallback: { afterMs: 600_000, to: {} },
  http: {
    host: '127.0.0.1',
    allowedHosts: [],
    allowedOrigins: [],
    /** Fifty of the longest tasks. */
    maxBodyBytes: 8_388_608,
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 30_000,
    keepAliveMs: 60_000,
    maxConnections: 500,
    requestsPerMinute: 6_000,
    maxSessions: 200,
    sessionIdleMs: 3_600_000,
    scopes: [],
  },
  metrics: { host: '127.0.0.1' },
  log: { format: 'text', level: 'info' },
  shareAgents: false,
  compression: true,
  workspaceQueue: 'workspace',
  namespace: 'background-agents',
  local: false,
  temporal: {},
  noDownload: false,
  agentTypes: {},
} satisfies Layer;
