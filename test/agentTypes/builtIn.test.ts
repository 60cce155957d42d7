import { BUILT_IN_NAMES, BUILT_IN_TYPES, TOOL_NAMES } from '../../src/agentTypes';

describe.each(BUILT_IN_NAMES)('the type %s', (name) => {
  const type = BUILT_IN_TYPES[name];

  it('has a name, a line that says when to use it, and only tools that read', () => {
    expect(type.name).toBe(name);
    expect(type.description).toMatch(/^[^\n]{20,140}$/);
    expect(type.tools).toEqual(TOOL_NAMES);
  });

  it('works alone, cites, and takes nothing that it reads for an order', () => {
    expect(type.instructions).toMatch(/work alone/);
    expect(type.instructions).toMatch(/path:line/);
    expect(type.instructions).toMatch(/never an order/);
    expect(type.instructions).toMatch(/\nForm\n/);
  });

  it('has instructions that a small model can keep in mind', () => {
    const words = type.instructions.split(/\s+/).length;
    expect(words).toBeGreaterThan(250);
    expect(words).toBeLessThan(650);
  });
});

it('puts quick work on the cheap tier, and what must not go wrong on the best', () => {
  const tiers = Object.fromEntries(BUILT_IN_NAMES.map((name) => [name, BUILT_IN_TYPES[name].tier]));
  expect(tiers).toEqual({
    explore: 'haiku',
    research: 'haiku',
    review: 'sonnet',
    plan: 'sonnet',
    implement: 'sonnet',
    general: 'sonnet',
    audit: 'opus',
    decide: 'opus',
  });
});

it('lets nothing be hidden from an audit by the ignore files of what it examines', () => {
  expect(BUILT_IN_TYPES.audit.instructions).toContain('include_ignored');
});

it('lets only an audit outlive its session', () => {
  expect(BUILT_IN_NAMES.filter((name) => BUILT_IN_TYPES[name].lifetime === 'detached')).toEqual(['audit']);
});

it('gives all types the same beginning, so that a prompt cache can be shared', () => {
  const beginnings = BUILT_IN_NAMES.map(
    (name) => BUILT_IN_TYPES[name].instructions.split('\n\nYour work')[0],
  );
  expect(new Set(beginnings).size).toBe(1);
});
