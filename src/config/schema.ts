import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { LIFETIMES, PROVIDERS, TIERS } from '../../workflows/contract';
import { AUTO, TOOL_NAMES, TYPE_NAME } from '../agentTypes/agentType';
import { BUILT_IN_TYPES } from '../agentTypes/builtIn';
import { LOG_FORMATS, LOG_LEVELS } from '../log/log';

/**
 * The one schema. Every source (flags, environment, both files) is a layer of it, all keys optional;
 * the layers are merged over `defaults.ts`. Messages never repeat a value: it might be a secret.
 */
const wholeNumber = (least: number, most: number) => z.int().min(least).max(most);
const absolutePath = z.string().refine(isAbsolute, 'expected an absolute path');
const modelId = z.string().regex(/^[\w.:@/+-]{1,200}$/, 'expected a model id, without spaces');
const dollars = z.number().min(0).max(1_000_000);
const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' });

/** Of a caller with a token of his own; those of an issuer have a colon. */
export const OWNER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const ownerName = z.string().regex(OWNER_NAME, 'expected letters, digits, ".", "_" or "-", 64 at most');

const models = z.strictObject({ haiku: modelId, sonnet: modelId, opus: modelId });

const limits = z.strictObject({
  maxTurns: wholeNumber(1, 10_000),
  timeoutMs: wholeNumber(1_000, 604_800_000),
  /** 0: agents are not given the tool to ask. */
  askTimeoutMs: wholeNumber(0, 2_592_000_000),
  maxRepeatedCalls: wholeNumber(1, 1_000),
  maxOutputTokens: wholeNumber(1, 1_000_000),
  maxCostUsd: z.number().positive().max(1_000_000),
  maxTotalTokens: wholeNumber(1_000, 1_000_000_000_000),
});

/** What one session may start; absent means no limit. */
const sessionLimits = z
  .strictObject({
    maxRunningAgents: wholeNumber(1, 10_000),
    maxSpawnsPerMinute: wholeNumber(1, 100_000),
  })
  .partial();

/** US dollars per million tokens. */
const price = z.strictObject({
  input: dollars,
  output: dollars,
  cacheRead: dollars.optional(),
  cacheWrite: dollars.optional(),
});

const concurrency = z.strictObject({
  haiku: wholeNumber(1, 1_000),
  sonnet: wholeNumber(1, 1_000),
  opus: wholeNumber(1, 1_000),
  workspace: wholeNumber(1, 1_000),
});

/** Model calls started a second on each tier, over all workers: the server holds the rest back. */
const ratePerSecond = z
  .strictObject({
    haiku: z.number().positive().max(10_000),
    sonnet: z.number().positive().max(10_000),
    opus: z.number().positive().max(10_000),
  })
  .partial();

/** Which tier takes over when a tier's model is not available for so long. */
const fallback = z.strictObject({
  afterMs: wholeNumber(1_000, 604_800_000),
  to: z.strictObject({ haiku: z.enum(TIERS), sonnet: z.enum(TIERS), opus: z.enum(TIERS) }).partial(),
});

/** A name, or an address in the form that a `Host` header has it, without a port. */
const hostName = z
  .string()
  .regex(
    /^([A-Za-z0-9.-]{1,253}|\[[0-9a-f:]+\])$/,
    'expected a host name or address, without scheme and port',
  );

const listenHost = z
  .string()
  .regex(/^[A-Za-z0-9.:-]{1,253}$/, 'expected a host name or address to listen on');

/** `bga mcp --http`. */
const http = z.strictObject({
  host: listenHost,
  port: wholeNumber(1, 65_535),
  /** In `Host` headers, besides those of the loopback interface. */
  allowedHosts: z.array(hostName).max(100),
  /** In `Origin` headers, likewise. */
  allowedOrigins: z.array(hostName).max(100),
  maxBodyBytes: wholeNumber(1_024, 268_435_456),
  headersTimeoutMs: wholeNumber(100, 3_600_000),
  requestTimeoutMs: wholeNumber(100, 3_600_000),
  keepAliveMs: wholeNumber(100, 3_600_000),
  maxConnections: wholeNumber(1, 100_000),
  requestsPerMinute: wholeNumber(1, 10_000_000),
  maxSessions: wholeNumber(1, 100_000),
  sessionIdleMs: wholeNumber(100, 604_800_000),
  /** The address under which clients know this server; what tokens of an issuer are for. */
  publicUrl: httpUrl,
  /** Whose tokens are accepted, besides the configured ones. */
  issuer: httpUrl,
  audience: z.string().min(1).max(1_000),
  jwksUrl: httpUrl,
  /** That such a token must have. */
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'expected a scope')).max(100),
});

/** Of a worker, for Prometheus: off without a port. */
const metrics = z.strictObject({
  host: listenHost,
  port: wholeNumber(0, 65_535),
});

/** Of what runs on: workers, the local service, `bga mcp`, `bga codec-server`. */
const log = z.strictObject({ format: z.enum(LOG_FORMATS), level: z.enum(LOG_LEVELS) });

const temporal = z.strictObject({
  address: z.string().regex(/^\S+$/, 'expected host:port'),
  /** A profile of `temporal.toml`; TLS and API keys live there, or in TEMPORAL_* variables. */
  profile: z.string().min(1),
  /** Where `temporal.toml` is, when it is not in its usual place. */
  configFile: absolutePath,
});

const typeName = z
  .string()
  .refine(
    (name) => TYPE_NAME.test(name) && name !== AUTO,
    `expected lower-case letters, digits and "-", 31 at most, not "${AUTO}"`,
  );

const agentType = z
  .strictObject({
    // It is shown in lists and to models that choose a type: one line, no control characters.
    description: z
      .string()
      .regex(/^[^\p{C}\u2028\u2029]{1,200}$/u, 'expected one line of at most 200 characters'),
    tier: z.enum(TIERS),
    instructions: z.string().min(1).max(20_000),
    tools: z.array(z.enum(TOOL_NAMES)).max(TOOL_NAMES.length),
    lifetime: z.enum(LIFETIMES),
    limits: limits.partial(),
    /** `to` stands in place of the whole general one: empty, the type has none. */
    fallback: fallback.partial(),
  })
  .partial();

const agentTypes = z.record(typeName, agentType).superRefine((types, context) => {
  for (const [name, type] of Object.entries(types)) {
    if (Object.hasOwn(BUILT_IN_TYPES, name)) continue;
    for (const key of ['description', 'instructions'] as const) {
      if (type[key] === undefined) {
        context.addIssue({ code: 'custom', path: [name], message: `a new type needs "${key}"` });
      }
    }
  }
});

const toolPrefix = z
  .string()
  .regex(/^[A-Za-z0-9_-]{0,24}$/, 'expected at most 24 letters, digits, "_" or "-"');

export const layerSchema = z
  .strictObject({
    provider: z.enum(PROVIDERS),
    anthropicBaseUrl: httpUrl,
    models: models.partial(),
    extraModels: z.array(modelId).max(200),
    prices: z.record(modelId, price),
    contextTokens: z.record(modelId, wholeNumber(1_000, 100_000_000)),
    workspaceRoots: z.array(absolutePath).max(1_000),
    toolPrefix,
    limits: limits.partial(),
    sessionLimits,
    modelIdleTimeoutMs: wholeNumber(100, 3_600_000),
    modelTotalTimeoutMs: wholeNumber(1_000, 86_400_000),
    modelProbeMs: wholeNumber(100, 3_600_000),
    sessionLeaseMs: wholeNumber(1_000, 86_400_000),
    /** Without a client and an agent for so long, the local service stops by itself. */
    idleStopMs: wholeNumber(1_000, 2_000_000_000),
    concurrency: concurrency.partial(),
    ratePerSecond,
    shutdownGraceMs: wholeNumber(0, 3_600_000),
    fallback: fallback.partial(),
    http: http.partial(),
    metrics: metrics.partial(),
    log: log.partial(),
    /** On whose behalf the command line and `bga mcp` act; they then see that owner's agents only. */
    owner: ownerName,
    /** Whether a caller sees the agents of others. */
    shareAgents: z.boolean(),
    compression: z.boolean(),
    /** Where tool calls of this machine's agents go; see `workspaceQueue` in `config.ts`. */
    workspaceQueue: z
      .string()
      .regex(/^workspace(-[A-Za-z0-9._-]{1,64})?$/, 'expected workspace, or workspace-<host>'),
    namespace: z.string().regex(/^[\w.-]{1,255}$/, 'expected letters, digits, ".", "_" or "-"'),
    /** Use the embedded service, whatever TEMPORAL_* or temporal.toml say. */
    local: z.boolean(),
    temporal: temporal.partial(),
    temporalBinary: absolutePath,
    noDownload: z.boolean(),
    agentTypes,
  })
  .partial();

export type Layer = z.output<typeof layerSchema>;

/**
 * What a file in the workspace may say. It comes with a cloned repository and nobody has vouched for it, so it can
 * name tools, lower limits and add types of its own: it can neither send code or keys anywhere, nor run, spend or read more.
 */
export const workspaceLayerSchema = z
  .strictObject({
    toolPrefix,
    limits: limits.partial(),
    sessionLimits,
    agentTypes: agentTypes.superRefine((types, context) => {
      for (const [name, type] of Object.entries(types)) {
        const problem = untrusted(name, type);
        if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem });
      }
    }),
  })
  .partial();

function untrusted(name: string, type: z.output<typeof agentType>): string | undefined {
  if (Object.hasOwn(BUILT_IN_TYPES, name)) return 'is built in: a workspace may only add types';
  if (type.tier === 'opus') return 'a type of a workspace may not use the opus tier';
  if (type.lifetime === 'detached') return 'a type of a workspace may not be detached';
  if (type.fallback !== undefined) return 'a type of a workspace may not have a fallback of its own';
  return undefined;
}

/** Everything but what stays undefined when nobody sets it, and `provider`, whose default depends on the rest. */
export const effectiveSchema = layerSchema
  .required()
  .extend({
    models,
    concurrency,
    fallback,
    log,
    http: http.partial({ port: true, publicUrl: true, issuer: true, audience: true, jwksUrl: true }),
    metrics: metrics.partial({ port: true }),
  })
  .partial({
    provider: true,
    anthropicBaseUrl: true,
    workspaceRoots: true,
    temporalBinary: true,
    sessionLeaseMs: true,
    owner: true,
    idleStopMs: true,
  });

/** The keys that an object at this place may have; nothing where any name is allowed. */
export function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional) return keysAt(schema.unwrap(), path);
  const [head, ...rest] = path;
  if (schema instanceof z.ZodRecord) return head === undefined ? [] : keysAt(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  if (head === undefined) return Object.keys(schema.shape);
  return keysAt(schema.shape[String(head)], rest);
}
