import fc from 'fast-check';
import { parse as parseJsonc } from 'jsonc-parser';
import { parse as parseToml, stringify } from 'smol-toml';
import { claudeHooks } from '../../src/install/claudeHooks';
import { type Edit, NO_TRACES } from '../../src/install/edit';
import { changeBetween, reversed } from '../../src/install/journal';
import { jsonEntry } from '../../src/install/jsonEntry';
import { launchOf, shellCommand } from '../../src/install/launch';
import { tomlTable } from '../../src/install/tomlTable';

const entry = { command: 'npx', args: ['-y', 'background-agents', 'mcp'] };
const servers = jsonEntry('f.json', ['mcpServers', 'background-agents'], entry);
const hooks = claudeHooks('s.json', 'npx -y background-agents hook');
const table = tomlTable('c.toml', ['mcp_servers', 'background-agents'], entry);

/** Put, then taken out with what was left to know. */
const roundTrip = (edit: Edit, text: string) => {
  const { text: after, traces } = edit.put(text);
  return edit.take(after, traces);
};

describe('a server in JSON', () => {
  it('is added and leaves comments, order and style as they are', () => {
    const text =
      '{\n\t// mine\n\t"mcpServers": {\n\t\t"other": { "command": "x" }, // why\n\t},\n\t"z": 1\n}\n';
    const { text: after } = servers.put(text);
    expect(after).toContain('\t\t"background-agents": {\n\t\t\t"command": "npx",');
    const lines = text.split('\n');
    expect(after.split('\n').filter((line) => lines.includes(line))).toEqual(lines);
    expect(servers.put(after).text).toBe(after);
    expect(roundTrip(servers, text)).toBe(text);
  });

  it('follows a comment behind the last member, and leaves it there', () => {
    const text = '{\n  "mcpServers": {\n    "other": {} // why\n  }\n}\n';
    const { text: after } = servers.put(text);
    expect(after).toContain('    "other": {}, // why\n    "background-agents": {');
    expect(roundTrip(servers, text)).toBe(text);
  });

  it.each(['', '{}', '{"mcpServers":{}}', '{\n  "a": [1]\n}\n', '{"mcpServers":{"x":{"command":"y"}}}'])(
    'leaves the same value when it is taken out: %j',
    (text) => {
      const value = text === '' ? {} : JSON.parse(text);
      expect(JSON.parse(roundTrip(servers, text))).toEqual(value);
    },
  );

  it('keeps what an entry says besides, and gives the old one back', () => {
    const text = JSON.stringify({
      mcpServers: { 'background-agents': { command: 'old', env: { A: '1' }, x: 2 } },
    });
    const { text: after } = servers.put(text);
    expect(JSON.parse(after).mcpServers['background-agents']).toEqual({ ...entry, env: { A: '1' }, x: 2 });
    expect(JSON.parse(roundTrip(servers, text))).toEqual(JSON.parse(text));
  });

  it.each([
    ['{\n  "a": 1,\n  b\n}', 'f.json:3:3: broken JSON'],
    ['{"a": 1', 'f.json:1:8: broken JSON'],
    ['[]', 'f.json:1:1: not a JSON object'],
    ['{\n "mcpServers": []}', 'f.json:2:16: "mcpServers" is no object'],
    ['{"mcpServers": {"background-agents": 7}}', '"mcpServers.background-agents" is no object'],
    ['{"mcpServers": {},\n "mcpServers": {}}', 'f.json:2:2: the key "mcpServers" is there twice'],
  ])('refuses %j with line and column', (text, problem) => {
    expect(() => servers.put(text)).toThrow(problem);
  });
});

describe("Claude Code's hooks", () => {
  const other = { hooks: [{ type: 'command', command: 'say done' }] };

  it('come beside those of others, once, and go alone', () => {
    const text = JSON.stringify({ hooks: { Stop: [other] }, model: 'opus' }, null, 2);
    const { text: after } = hooks.put(text);
    const ours = { hooks: [{ type: 'command', command: 'npx -y background-agents hook', timeout: 15 }] };
    expect(JSON.parse(after).hooks).toEqual({
      Stop: [other, ours],
      UserPromptSubmit: [ours],
      SessionEnd: [ours],
    });
    expect(hooks.put(after).text).toBe(after);
    expect(JSON.parse(roundTrip(hooks, text))).toEqual(JSON.parse(text));
    // Also where nothing is remembered.
    expect(JSON.parse(hooks.take(after, NO_TRACES)).hooks.Stop).toEqual([other]);
  });

  it('are followed when bga is started otherwise, and leave hooks that were put into their group', () => {
    const { text } = claudeHooks('s.json', "/usr/bin/node '/a b/dist/src/cli/main.js' hook").put('');
    const moved = hooks.put(text);
    expect(moved.text).not.toContain('main.js');
    expect(JSON.parse(moved.text).hooks.Stop).toHaveLength(1);
    const joined = JSON.parse(moved.text);
    joined.hooks.Stop[0].hooks.push(other.hooks[0]);
    expect(JSON.parse(hooks.take(JSON.stringify(joined), NO_TRACES)).hooks.Stop).toEqual([other]);
  });

  it('refuse lists that are none', () => {
    expect(() => hooks.put('{"hooks": {"Stop": {}}}')).toThrow('"hooks.Stop" is no array');
  });
});

describe('a server in TOML', () => {
  it('is a table at the end, and nothing else is touched', () => {
    const text = '# mine\nmodel = "o3" # why\n\n[mcp_servers.other]\nargs = [\n  "[x]", # one\n]\n';
    const { text: after } = table.put(text);
    expect(after).toBe(
      `${text}\n[mcp_servers.background-agents]\ncommand = "npx"\nargs = [ "-y", "background-agents", "mcp" ]\n`,
    );
    expect(table.put(after).text).toBe(after);
    expect(roundTrip(table, text)).toBe(text);
  });

  it('goes with the tables below it, also from the middle, and leaves the comments of what follows', () => {
    const { text } = table.put('a = 1\n');
    const later = `${text}\n[mcp_servers.background-agents.env]\nX = "1"\n\n# next\n[next]\nb = """\n[no.table]\n"""\n# end\n`;
    expect(table.take(later, NO_TRACES)).toBe('a = 1\n# next\n[next]\nb = """\n[no.table]\n"""\n# end\n');
  });

  it('keeps what a table says besides, and gives the old one back', () => {
    const text = '[mcp_servers.background-agents]\ncommand = "old"\nenabled = false\n';
    const { text: after } = table.put(text);
    expect(parseToml(after)).toEqual({ mcp_servers: { 'background-agents': { ...entry, enabled: false } } });
    expect(parseToml(roundTrip(table, text))).toEqual(parseToml(text));
  });

  it('keeps line ends as they are', () => {
    expect(table.put('a = 1\r\n').text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it.each([
    ['a = 1\nb = \n', 'c.toml:2:5: broken TOML'],
    ['a = 1\na = 2\n', 'c.toml:2:'],
    ['mcp_servers = {}\n', 'write there yourself:\n[mcp_servers.background-agents]'],
    ['mcp_servers = 3\n', 'write there yourself'],
  ])('refuses %j and says what to do', (text, problem) => {
    expect(() => table.put(text)).toThrow(problem);
  });
});

describe('undone, a text is the same to the byte', () => {
  const same = (edit: Edit, text: string) => {
    const { text: after } = edit.put(text);
    expect(reversed(after, changeBetween(text, after))).toBe(text);
    expect(edit.put(after).text).toBe(after);
    return after;
  };
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  const json = fc
    .tuple(
      fc.record({ mcpServers: object, hooks: fc.record({ Stop: fc.array(object) }) }, { requiredKeys: [] }),
      object,
      fc.constantFrom(undefined, 2, '\t', 4),
      fc.constantFrom('', '\n', '\n\n'),
    )
    .map(([known, more, indent, end]) => JSON.stringify({ ...more, ...known }, null, indent) + end)
    .filter((text) => !text.includes('__proto__'));

  it('JSON', () => {
    fc.assert(
      fc.property(json, (text) => {
        const after = same(hooks, same(servers, text));
        // And without that memory, the same value.
        const { mcpServers, hooks: lists, ...rest } = parseJsonc(after);
        expect(mcpServers['background-agents']).toEqual(entry);
        expect(lists.Stop.length).toBeGreaterThan(0);
        const { mcpServers: _, hooks: __, ...before } = parseJsonc(text);
        expect(rest).toEqual(before);
        expect(parseJsonc(roundTrip(servers, text))).toEqual(parseJsonc(text));
        expect(parseJsonc(roundTrip(hooks, text))).toEqual(parseJsonc(text));
      }),
      { numRuns: 40 },
    );
  });

  it('TOML', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 3 }));
    const keys = fc.stringMatching(/^[a-z"\n#[\]. -]{1,8}$/);
    const tables = fc.dictionary(keys, fc.dictionary(keys, value, { maxKeys: 3 }), { maxKeys: 3 });
    const toml = fc
      .tuple(
        fc.dictionary(keys, value, { maxKeys: 3 }),
        tables,
        tables,
        fc.constantFrom('', '# end', '\n# end\n'),
      )
      .map(([top, more, mcp, end]) => stringify({ ...top, ...more, mcp_servers: mcp }) + end);
    fc.assert(
      fc.property(toml, (text) => {
        same(table, text);
        expect(parseToml(roundTrip(table, text))).toEqual(parseToml(text));
      }),
    );
  });

  it('any two texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(reversed(b, changeBetween(a, b))).toBe(a);
      }),
    );
  });
});

describe('how bga is started', () => {
  const here = {
    script: '/opt/bga/dist/src/cli/main.js',
    node: '/usr/bin/node',
    bgaHome: undefined,
    npx: false,
    home: '/home/me',
  };

  it('is as it runs now: by its path, or through npx where that unpacked it', () => {
    expect(launchOf(here)).toEqual({ command: '/usr/bin/node', args: [here.script], env: {} });
    // Whatever the folder has for npm in which a client starts it: npx looks into that of the user.
    const unpacked = '/root/.npm/_npx/1f/node_modules/background-agents/dist/src/cli/main.js';
    expect(launchOf({ ...here, script: unpacked })).toEqual({
      command: 'npx',
      args: ['--prefix', '/home/me', '-y', 'background-agents'],
      env: {},
    });
    const shared = { command: 'npx', args: ['-y', 'background-agents'], env: {} };
    expect(launchOf({ ...here, npx: true })).toEqual(shared);
    expect(launchOf({ ...here, script: unpacked, npx: true })).toEqual(shared);
  });

  it('takes its folder along, and is quoted for a shell', () => {
    const launch = launchOf({ ...here, script: "/it's/main.js", bgaHome: '/a b' });
    expect(shellCommand(launch, 'hook')).toBe(`BGA_HOME='/a b' /usr/bin/node '/it'\\''s/main.js' hook`);
  });
});
