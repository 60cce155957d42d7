/** What becomes of a line, as plain data. */
import { judge, judgeTooLong } from '../../../src/mcp/lines/judge';

const refusal = (code: number, id: unknown) => ({ kind: 'answer', answer: { id, error: { code } } });

it.each([
  '{"jsonrpc":"2.0","id":1,"method":"ping"}',
  '{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"x","arguments":{"constructor":1}}}',
  '{"jsonrpc":"2.0","method":"notifications/initialized"}',
  '{"jsonrpc":"2.0","id":0,"result":{}}',
  '{"jsonrpc":"2.0","id":0,"error":{"code":-1,"message":"no"}}',
  ' {"jsonrpc":"2.0","id":1,"method":"no/such"} \r\n',
])('passes %s', (line) => {
  expect(judge(line)).toEqual({ kind: 'pass' });
});

it.each([
  ['{', -32_700, null],
  ['NaN', -32_700, null],
  ['this is no JSON', -32_700, null],
  ['{"jsonrpc":"2.0","id":1,"method":"ping"}{}', -32_700, null],
  ['[]', -32_600, null],
  ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32_600, null],
  ['null', -32_600, null],
  ['"x"', -32_600, null],
  ['{}', -32_600, null],
  ['{"jsonrpc":"1.0","id":7,"method":"ping"}', -32_600, 7],
  ['{"id":"seven","method":"ping"}', -32_600, 'seven'],
  ['{"jsonrpc":"2.0","id":{},"method":"ping"}', -32_600, null],
  ['{"jsonrpc":"2.0","id":7,"method":1}', -32_600, 7],
  ['{"jsonrpc":"2.0","id":7,"method":"ping","params":"x"}', -32_600, 7],
])('answers %s', (line, code, id) => {
  expect(judge(line)).toMatchObject(refusal(code, id));
});

it('says what is wrong with params, rather than that this is no JSON-RPC', () => {
  for (const params of ['{"_meta":"x"}', '{"_meta":{"progressToken":{}}}', '"x"'])
    expect(judge(`{"jsonrpc":"2.0","id":7,"method":"ping","params":${params}}`)).toMatchObject({
      answer: { id: 7, error: { code: -32_600, message: expect.stringContaining('progressToken') } },
    });
});

it('knows no tool and no prompt by a name that every object has', () => {
  const named = (method: string, name: string) =>
    judge(`{"jsonrpc":"2.0","id":7,"method":"${method}","params":{"name":"${name}"}}`);
  for (const name of ['__proto__', 'constructor', 'toString'])
    expect(named('tools/call', name)).toMatchObject({
      answer: { id: 7, error: { code: -32_602, message: `There is no tool "${name}".` } },
    });
  expect(named('prompts/get', 'constructor')).toMatchObject(refusal(-32_602, 7));
  expect(named('tools/call', 'agent_list')).toEqual({ kind: 'pass' });
});

it('refuses to tell of tasks whoever does not declare them, in the revision that has them', () => {
  const listen = (
    capabilities: object,
    protocolVersion = '2026-07-28',
    notifications: object = { taskIds: ['a'] },
  ) =>
    judge(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 7,
        method: 'subscriptions/listen',
        params: {
          notifications,
          _meta: {
            'io.modelcontextprotocol/protocolVersion': protocolVersion,
            'io.modelcontextprotocol/clientCapabilities': capabilities,
          },
        },
      }),
    );
  const declared = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
  expect(listen({})).toMatchObject({
    answer: { id: 7, error: { code: -32_021, data: { requiredCapabilities: declared } } },
  });
  for (const passed of [listen(declared), listen({}, '2025-11-25'), listen({}, '2026-07-28', {})])
    expect(passed).toEqual({ kind: 'pass' });
});

it.each(['', ' ', '\r'])('says nothing to an empty line (%j)', (line) => {
  expect(judge(line)).toEqual({ kind: 'skip' });
});

it.each([
  '{"jsonrpc":"1.0","id":7,"result":{}}',
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}',
])('does not answer a response that does not fit: %s', (line) => {
  expect(judge(line)).toMatchObject({ kind: 'drop' });
});

it('refuses a prototype among the arguments, at any depth, and nowhere else', () => {
  const call = (args: string, more = '') =>
    `{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"agent_spawn","arguments":${args}${more}}}`;
  for (const args of ['{"task":"x","__proto__":{}}', '{"tasks":[{"a":[{"\\u005f_proto__":1}]}]}'])
    expect(judge(call(args))).toMatchObject(refusal(-32_602, 3));
  expect(judge(call('{"task":"__proto__"}', ',"_meta":{"__proto__":1}'))).toEqual({ kind: 'pass' });
});

describe('of a line that is too long', () => {
  const long = 'x'.repeat(2_000);
  const ends = (line: string) => judgeTooLong(line.slice(0, 1_024), line.slice(-1_024), 1_500);

  it.each([
    [`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"a":"${long}"}}`, 7],
    [` { "id" : "se\\"ven" , "jsonrpc":"2.0","method":"x","params":{"id":1,"a":"${long}"}}\n`, 'se"ven'],
    [`{"jsonrpc":"2.0","method":"tools/call","params":{"id":1,"a":"${long}"},"id":7}\r\n`, 7],
    [`{"method":"tools/call","params":{"a":"${long}"},"id":7,"jsonrpc":"2.0"}`, 7],
    [`{"jsonrpc":"2.0","method":"x","params":{"a":"${long}","id":7}}`, null],
    [`{"jsonrpc":"2.0","method":"x","params":{"id":7,"a":"${long}"}}`, null],
    [`{"jsonrpc":"2.0","method":"x","params":{"a":"${long}\\",\\"id\\":7}"}}`, null],
    [`[{"jsonrpc":"2.0","id":7,"method":"${long}"}]`, null],
    [long, null],
  ])('finds the id where the message has it (%#)', (line, id) => {
    expect(ends(line)).toMatchObject(refusal(-32_600, id));
  });

  it.each([
    `{"jsonrpc":"2.0","id":7,"result":{"a":"${long}"}}`,
    `{"error":{"message":"${long}"},"jsonrpc":"2.0","id":7}`,
  ])('does not answer a response (%#)', (line) => {
    expect(ends(line)).toMatchObject({ kind: 'drop' });
  });
});
