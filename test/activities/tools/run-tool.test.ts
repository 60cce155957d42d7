import { findTool, openWorkspace, runTool, TOOLS, toolSchemas } from '../../../activities/tools';
import { type Box, makeBox } from './support';

let box: Box;
beforeEach(() => {
  box = makeBox();
});
afterEach(() => box.remove());

it('describes each tool and each of its arguments, and takes no others', () => {
  expect(TOOLS.map((tool) => tool.name)).toEqual(['list_files', 'read_file', 'search']);
  for (const { schema } of TOOLS) {
    expect(schema.description.length).toBeGreaterThan(50);
    expect(schema.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    for (const field of Object.values(schema.inputSchema.properties ?? {})) {
      expect(field).toHaveProperty('description');
    }
  }
  expect(findTool('search')?.schema.inputSchema.required).toEqual(['pattern']);
  expect(findTool('list_files')?.schema.inputSchema.required).toBeUndefined();
});

it('gives schemas in the order asked for, without those that do not exist', () => {
  expect(toolSchemas(['search', 'gone', 'list_files']).map((schema) => schema.name)).toEqual([
    'search',
    'list_files',
  ]);
});

it('answers an unknown tool, or one that is not allowed, with those that are', async () => {
  expect(await box.run('bash', {})).toEqual({
    isError: true,
    text: 'There is no tool bash. Call one of: list_files, read_file, search.',
  });
  const context = { workspace: await openWorkspace(box.root), signal: new AbortController().signal };
  expect((await runTool('search', {}, context, ['read_file'])).text).toBe(
    'There is no tool search. Call one of: read_file.',
  );
  expect((await runTool('search', {}, context, [])).text).toMatch(/no tools; answer without/);
});

it.each([
  [{}, /^Bad arguments for read_file\. path: /],
  [{ path: 'a', extra: 1 }, /extra/],
  [{ path: 7 }, /path/],
  ['path', /^Bad arguments/],
  [null, /^Bad arguments/],
  [{ path: 'a', from_line: 1.5 }, /from_line/],
])('answers bad arguments: %j', async (input, text) => {
  expect(await box.run('read_file', input)).toMatchObject({
    isError: true,
    text: expect.stringMatching(text),
  });
});

it('throws what is no fault of the call', async () => {
  const workspace = await openWorkspace(box.root);
  const broken = Object.assign(Object.create(workspace), {
    withEntry: () => Promise.reject(Object.assign(new Error('too many open files'), { code: 'EMFILE' })),
  });
  const context = { workspace: broken, signal: new AbortController().signal };
  await expect(runTool('read_file', { path: 'a' }, context)).rejects.toThrow('too many open files');
});

it('serves a hundred calls at once', async () => {
  box.write('a');
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => box.run('search', { pattern: 'needle' })),
  );
  expect(new Set(answers.map((answer) => answer.text))).toEqual(new Set(['a:1: needle']));
});
