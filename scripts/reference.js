// Writes the references in docs/ from the code that they describe; `npm run docs`, after a build. A test fails when they are stale.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { z } = require('zod');

const dist = join(__dirname, '..', 'dist', 'src');
const NOTE = '<!-- Written by `npm run docs` from the code. Edit that. -->';

function commands() {
  const { commandLine } = require(join(dist, 'cli', 'program.js'));
  const program = commandLine({}, () => undefined);
  const helpOf = (command) => {
    command.configureHelp({ helpWidth: 110 }).configureOutput({ getOutHasColors: () => false });
    return `\`\`\`\n${command.helpInformation().trimEnd()}\n\`\`\``;
  };
  const parts = program.commands.flatMap((command) => [`## bga ${command.name()}`, helpOf(command)]);
  return page('Commands', 'What `bga --help` and `bga COMMAND --help` say.', helpOf(program), ...parts);
}

function tools() {
  const { MCP_TOOLS } = require(join(dist, 'mcp', 'tools', 'index.js'));
  const parts = MCP_TOOLS.flatMap(({ definition }) => {
    const { name, title, description, annotations, input, output } = definition;
    const hints = Object.entries(annotations).map(
      ([hint, holds]) => `${hint.replace('Hint', '')}: ${holds ? 'yes' : 'no'}`,
    );
    return [
      `## ${name}`,
      `**${title}.** ${description.trim()}`,
      `Hints: ${hints.join(', ')}.`,
      '### Arguments',
      fieldTable(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })),
      '### Result',
      fieldTable(z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' })),
    ];
  });
  const intro =
    'The tools of the MCP server, as `tools/list` tells of them. `toolPrefix` puts a prefix in front of the names.';
  return page('MCP tools', intro, ...parts);
}

/** Path and schema of every key. */
function settings() {
  const { layerSchema } = require(join(dist, 'config', 'schema.js'));
  return leaves(z.toJSONSchema(layerSchema, { io: 'input', unrepresentable: 'any' }));
}

function configuration() {
  const { DEFAULTS } = require(join(dist, 'config', 'defaults.js'));
  const { variableFor } = require(join(dist, 'config', 'environment.js'));
  const { meaningOf } = require(join(dist, 'config', 'meanings.js'));
  const rows = settings().map(([path, leaf]) => {
    const preset = path.reduce((value, name) => value?.[name], DEFAULTS);
    const key = path.join('.');
    // That of `fallback.to` holds `fallback.to.opus` as well.
    const variable = variableFor(key) ?? (path.length > 2 ? variableFor(path.slice(0, -1).join('.')) : '');
    return [
      code(key),
      meaningOf(path) ?? '',
      typeOf(leaf),
      preset === undefined ? '' : code(JSON.stringify(preset)),
      code(variable ?? ''),
    ];
  });
  const intro =
    'Every key of `~/.config/background-agents/config.json`; `bga config` shows the effective values and where each came from. ' +
    "A workspace's own `.background-agents.json` may hold `toolPrefix`, `limits`, `sessionLimits` and `agentTypes`.";
  return page('Configuration', intro, table(['key', 'meaning', 'value', 'default', 'variable'], rows));
}

function agentTypes() {
  const { BUILT_IN_TYPES } = require(join(dist, 'agentTypes', 'index.js'));
  const rows = Object.entries(BUILT_IN_TYPES).map(([name, type]) => [
    code(name),
    type.tier,
    String(type.limits.maxTurns),
    `${type.limits.timeoutMs / 60_000} min`,
    String(type.limits.maxOutputTokens),
    type.lifetime,
    type.description,
  ]);
  return page(
    'The built-in agent types',
    'What each is given, unless a spawn or the configuration says otherwise: see [agent types](agent-types.md).',
    table(['type', 'tier', 'turns', 'time', 'output tokens of a call', 'lifetime', 'for'], rows),
  );
}

function page(title, ...parts) {
  return `${[`# ${title}`, NOTE, ...parts].join('\n\n')}\n`;
}

/** Everything that has a value: of what has any names, one stands for all. */
function leaves(schema, path = []) {
  if (schema.properties)
    return Object.entries(schema.properties).flatMap(([name, inner]) => leaves(inner, [...path, name]));
  if (schema.additionalProperties?.type) return leaves(schema.additionalProperties, [...path, '<name>']);
  return [[path, schema]];
}

function fieldTable(schema) {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const preset = field.default === undefined ? '' : ` Default: ${code(JSON.stringify(field.default))}.`;
    return [
      code(name),
      typeOf(field),
      required.has(name) && field.default === undefined ? 'yes' : '',
      `${field.description ?? ''}${preset}`.trim(),
    ];
  });
  return table(['name', 'type', 'always', ''], rows);
}

function typeOf(field) {
  if (field.enum) return field.enum.map(code).join(', ');
  if (field.anyOf) return field.anyOf.map(typeOf).join(' or ');
  if (field.type === 'array') return `list of ${typeOf(field.items ?? {})}`;
  if (field.type === 'object')
    return field.properties ? `{ ${Object.keys(field.properties).map(code).join(', ')} }` : 'object';
  const least = field.exclusiveMinimum !== undefined ? `over ${field.exclusiveMinimum}` : field.minimum;
  const range =
    least !== undefined || field.maximum !== undefined
      ? ` (${[least, field.maximum].filter((end) => end !== undefined).join(' to ')})`
      : '';
  return `${field.type ?? 'any'}${range}`;
}

function table(head, rows) {
  const cell = (text) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}

function code(text) {
  return text === '' ? '' : `\`${text}\``;
}

/** File in docs/ and text of each reference. */
function references() {
  return {
    'commands.md': commands(),
    'mcp-tools.md': tools(),
    'configuration.md': configuration(),
    'agent-types-reference.md': agentTypes(),
  };
}

module.exports = { references, settings };

if (require.main === module)
  for (const [name, text] of Object.entries(references()))
    writeFileSync(join(__dirname, '..', 'docs', name), text);
