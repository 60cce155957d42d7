/**
 * What each key means, by its dotted name, for the reference in docs/: units, what holds where it is not set, where it counts.
 * `<name>` stands for any name. A key of a type that has its like at the top means the same there, and has no entry of its own.
 */
const MEANINGS: Readonly<Record<string, string>> = {
  provider:
    'Who answers agents. Not set: `anthropic` where a key or a base URL is, else `offline`, which is no language model. On the local service the worker decides, on a cluster the caller.',
  anthropicBaseUrl: 'Address of the API or of a gateway that speaks it, without `/v1`. Read by workers.',
  'models.haiku':
    'Model of the tier for exploration and for summaries. Fixed in an agent when it is spawned.',
  'models.sonnet': 'Model of the tier for reviews, plans and implementation.',
  'models.opus': 'Model of the tier for audits and decisions.',
  extraModels:
    'Further model ids that a caller may name. Tiers, `prices` and any `claude-…` need not be here.',
  'prices.<name>.input':
    'US dollars for a million input tokens of this model. Without a price it counts as free, and may not have a limit in money. Read by workers, and by `bga cost`.',
  'prices.<name>.output': 'US dollars for a million output tokens.',
  'prices.<name>.cacheRead': 'US dollars for a million tokens from the cache. Not set: a tenth of `input`.',
  'prices.<name>.cacheWrite': 'US dollars for a million tokens into the cache. Not set: 1.25 times `input`.',
  'contextTokens.<name>':
    'Tokens that this model takes at once: the conversation is compacted before. Not set: 200,000.',
  workspaceRoots:
    'Absolute directories that agents may be given, with all below. Not set: any directory. Checked at the spawn and again by the worker.',
  toolPrefix: 'In front of the names of the MCP tools.',
  'limits.maxTurns':
    'Replies of the model; then the agent fails with `max_turns`. Not set: that of the type.',
  'limits.timeoutMs':
    'Milliseconds of wall time, without waits for a person; then `timeout`. Not set: that of the type.',
  'limits.askTimeoutMs':
    'Milliseconds that a question of the agent waits for its answer; 0: agents are not given the tool to ask. Not set: that of the type.',
  'limits.maxRepeatedCalls': 'The very same tool call so often; then `loop`. Not set: that of the type.',
  'limits.maxOutputTokens': 'Output tokens of one model call. Not set: that of the type.',
  'limits.maxCostUsd': 'US dollars over the whole agent; then `budget`. Not set: no limit.',
  'limits.maxTotalTokens':
    'Tokens over the whole agent, in and out, cached ones too; then `budget`. Not set: no limit.',
  'sessionLimits.maxRunningAgents':
    'Agents of one session that run at once; more are `pending`. Not set: no limit.',
  'sessionLimits.maxSpawnsPerMinute':
    'Spawns of one session in a minute; more are refused. Not set: no limit.',
  modelIdleTimeoutMs:
    'Milliseconds without a word from the model, after which a call is made again. Read by workers, like the next two.',
  modelTotalTimeoutMs: 'Milliseconds that one model call may take.',
  modelProbeMs: 'Milliseconds between two tries of an agent that waits for a key or for credit.',
  sessionLeaseMs:
    'Half of the milliseconds of silence after which the process of a session is taken for dead, and its agents are stopped. Not set: 25,000 on the local service, 300,000 on a cluster.',
  idleStopMs:
    'Milliseconds without a client and an agent, after which the local service stops. Not set: never.',
  'concurrency.haiku': 'Model calls of this tier at a time, by worker. Read by workers, like the next seven.',
  'concurrency.sonnet': 'The same for sonnet.',
  'concurrency.opus': 'The same for opus.',
  'concurrency.workspace': 'Tool calls at a time, by worker.',
  'ratePerSecond.haiku':
    'Model calls of this tier that begin in a second, over all workers. Not set: as many as come.',
  'ratePerSecond.sonnet': 'The same for sonnet.',
  'ratePerSecond.opus': 'The same for opus.',
  shutdownGraceMs: 'Milliseconds that calls in flight have when a worker or `bga mcp --http` is told to end.',
  'fallback.afterMs':
    'Milliseconds without an answer of its model, after which the tier of `fallback.to` takes over.',
  'fallback.to.haiku': 'Tier that takes over from haiku. Not set: none, and the agent waits for its model.',
  'fallback.to.sonnet': 'The same for sonnet.',
  'fallback.to.opus': 'The same for opus.',
  'http.host': 'Address that `bga mcp --http` listens on.',
  'http.port': 'Its port. Not set: one that is free, and the same again at the next start.',
  'http.allowedHosts': 'Names in `Host` headers that are answered, besides those of the loopback interface.',
  'http.allowedOrigins': 'Hosts of pages (`Origin` headers) that are answered, likewise.',
  'http.maxBodyBytes': 'Bytes of one request.',
  'http.headersTimeoutMs': 'Milliseconds until the headers of a request are there.',
  'http.requestTimeoutMs': 'Milliseconds until all of a request is there.',
  'http.keepAliveMs': 'Milliseconds that a connection may be idle between two requests.',
  'http.maxConnections': 'Connections at a time.',
  'http.requestsPerMinute': 'Requests of one caller in a minute; more are refused (429).',
  'http.maxSessions': 'Sessions of one caller at a time, in revisions of MCP that have them.',
  'http.sessionIdleMs': 'Milliseconds without a request, after which such a session ends.',
  'http.publicUrl':
    'Address under which clients know the server, which tokens of an issuer are for. Not set: that which it listens on.',
  'http.issuer': 'OAuth issuer whose tokens are accepted, besides the configured ones. Not set: those alone.',
  'http.audience': 'What such tokens must be for. Not set: `http.publicUrl`.',
  'http.jwksUrl': 'Where the keys of the issuer are. Not set: as it says itself.',
  'http.scopes': 'Scopes that such a token must have.',
  'metrics.host': 'Address on which a worker answers Prometheus.',
  'metrics.port': 'Its port; 0: one that is free. Not set: no metrics.',
  'log.format': 'Of workers, the local service, `bga mcp` and `bga codec-server`: lines to read, or JSON.',
  'log.level': 'The least grave that they log.',
  owner:
    'On whose behalf the command line and `bga mcp` act: they see the agents of that name alone. Not set: the user of this machine, who sees all.',
  shareAgents: 'Whether a caller sees the agents of others.',
  compression: 'Whether what is stored in Temporal is compressed where it pays.',
  workspaceQueue:
    'On a cluster: task queue of the workers that see the directories of this machine, `workspace` or `workspace-<host>`.',
  namespace: "Temporal's namespace.",
  local: 'Use the local service, whatever `TEMPORAL_*` and `temporal.toml` say.',
  'temporal.address':
    'Host and port of a cluster. Not set: that of the profile, and without one the local service.',
  'temporal.profile': 'Profile of `temporal.toml`, which holds TLS and API keys.',
  'temporal.configFile': 'Absolute path of `temporal.toml`, when it is not in its usual place.',
  temporalBinary:
    'Absolute path of the `temporal` program of the local service. Not set: that of the PATH, else a cached one, else one is fetched.',
  noDownload: 'Never fetch that program.',
  'agentTypes.<name>.description':
    'One line that says when to use the type: shown in lists, and to models that choose. A new type needs it.',
  'agentTypes.<name>.tier':
    'Tier whose model its agents use. Not set: that of the built-in type, `sonnet` in a new one.',
  'agentTypes.<name>.instructions': 'What its agents are told, after the common rules. A new type needs it.',
  'agentTypes.<name>.tools':
    'What its agents may call. Not set: those of the built-in type, all in a new one.',
  'agentTypes.<name>.lifetime':
    'Whether its agents end with their session or run on. Not set: that of the built-in type, `session` in a new one.',
};

/** @param path as in the reference, with `<name>` where any name may stand */
export function meaningOf(path: readonly string[]): string | undefined {
  const whole = MEANINGS[path.join('.')];
  if (whole !== undefined || path[0] !== 'agentTypes') return whole;
  const general = MEANINGS[path.slice(2).join('.')];
  return general && `For this type alone. ${general}`;
}

export const EXPLAINED_KEYS: readonly string[] = Object.keys(MEANINGS);
