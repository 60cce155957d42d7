import fc from 'fast-check';
import { carried, isFull, restoredState, timeLeftMs } from '../../workflows/continuation';
import type { AssistantBlock, LogLine, ModelReply } from '../../workflows/contract';
import { NO_MAIL } from '../../workflows/mail';
import {
  carriedLog,
  EMPTY_LOG,
  type Log,
  lineCount,
  pageOf,
  resultSegments,
  withLines,
} from '../../workflows/output';
import { sizes } from '../../workflows/sizes';
import { type AgentState, initialState, recordReply, recordResults } from '../../workflows/state';
import { jsonBytes } from '../../workflows/text';
import { NO_USAGE } from '../../workflows/usage';

const input = { task: 'Find it', workspace: '/w' };
const limits = { maxTurns: 100, timeoutMs: 60_000, maxRepeatedCalls: 3, maxOutputTokens: 1_000 };

describe('a history is full', () => {
  const most = { events: 100, bytes: 1_000 };
  it.each([
    ['with as many events as allowed', { events: 100, bytes: 0, suggested: false }, 0, true],
    ['with one event less', { events: 99, bytes: 999, suggested: false }, 0, false],
    ['with as many bytes as allowed', { events: 1, bytes: 1_000, suggested: false }, 0, true],
    ['not with bytes that it began with', { events: 1, bytes: 1_700, suggested: false }, 701, false],
    ['when Temporal says so', { events: 1, bytes: 0, suggested: true }, 0, true],
  ])('%s', (_, history, beganWith, expected) =>
    expect(isFull(history, { turn: 4 }, { bytes: beganWith, turn: 3 }, most)).toBe(expected),
  );

  it('only after a turn, or nothing would ever come of it', () => {
    const history = { events: 500, bytes: 9_000, suggested: true };
    expect(isFull(history, { turn: 3 }, { bytes: 0, turn: 3 }, most)).toBe(false);
  });
});

function turn(state: AgentState, id: number, ...more: AssistantBlock[]): AgentState {
  const reply: ModelReply = {
    blocks: [
      { type: 'text', text: `turn ${id}` },
      { type: 'tool_use', id: `c${id}`, name: 'read_file', input: { path: 'a' } },
      ...more,
    ],
    stop: 'tool_use',
    usage: { ...NO_USAGE, inputTokens: 7, costUsd: 0.1 },
  };
  return recordResults(recordReply(state, reply, limits), [{ text: 'x', isError: false }], limits);
}

describe('the next run', () => {
  const stop = { reason: 'parent_ended', note: 'why' } as const;
  const over = (state: AgentState) =>
    JSON.parse(JSON.stringify(carried({ state, stop, leftMs: 5_000, mail: NO_MAIL }, 'run-1', 100)));

  it('is the same agent: conversation, usage, counters, guard and advice', () => {
    const before = { ...turn(turn(initialState(input, 3), 0), 1), blanks: 1, truncatedToolCall: 'search' };
    const { log: _, ...all } = before;
    expect(restoredState(over(before), input)).toMatchObject(all);
    // The guard goes on counting where it stood.
    expect(turn(restoredState(over(before), input), 2).outcome).toMatchObject({ reason: 'loop' });
  });

  it('knows why the agent is to be stopped, and how long it may go on', () => {
    const taken = over(initialState(input, 0));
    expect(taken.stop).toEqual(stop);
    expect(timeLeftMs(taken, 100)).toBe(5_000);
    expect(timeLeftMs(taken, 1_100)).toBe(4_000);
    expect(timeLeftMs(taken, 99_999)).toBe(1);
  });

  it('is not sent the task twice', () => {
    const large = { ...input, task: 'x'.repeat(100_000) };
    const taken = over(turn(initialState(large, 0), 0));
    expect(jsonBytes(taken)).toBeLessThan(5_000);
    expect(restoredState(taken, large).messages[0]).toEqual(initialState(large, 0).messages[0]);
  });
});

describe('a log that spans several runs', () => {
  const line = fc.record({
    kind: fc.constantFrom('text', 'tool', 'note') satisfies fc.Arbitrary<LogLine['kind']>,
    turn: fc.constant(1),
    text: fc.string({ maxLength: 30 }),
  });
  const runs = fc.array(fc.array(line, { maxLength: 20 }), { minLength: 1, maxLength: 6 });

  /** Each run's log as it stood at its end. */
  function logsOf(parts: readonly LogLine[][], maxBytes: number): Log[] {
    let log = EMPTY_LOG;
    return parts.map((lines, index) => {
      if (index > 0) log = carriedLog(log, `run-${index - 1}`, maxBytes);
      log = withLines(log, lines);
      return log;
    });
  }

  it('is read whole from any line on, each line once and from the run that added it', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 0, max: 500 }), fc.nat(130), (parts, maxBytes, from) => {
        const logs = logsOf(parts, maxBytes);
        const last = logs.at(-1) ?? EMPTY_LOG;
        const page = pageOf(last, from, undefined);
        const read: LogLine[] = [];
        for (const run of page.earlier ?? []) {
          const of = logs[Number(run.runId.slice('run-'.length))] ?? EMPTY_LOG;
          const own = pageOf(of, run.from, undefined);
          expect(own.from).toBe(run.from);
          expect(own.lines).toHaveLength(run.to - run.from);
          read.push(...own.lines.slice(Math.max(from, run.from) - run.from, page.from - run.from));
        }
        read.push(...page.lines);
        expect(read).toEqual(parts.flat().slice(from));
        expect(page.lineCount).toBe(parts.flat().length);
      }),
    );
  });

  it('takes no more along than it may', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 0, max: 500 }), (parts, maxBytes) => {
        const log = carriedLog(withLines(EMPTY_LOG, parts.flat()), 'run', maxBytes);
        expect(log.lines.reduce((sum, each) => sum + jsonBytes(each) + 1, 0)).toBeLessThanOrEqual(maxBytes);
        expect(lineCount(log)).toBe(parts.flat().length);
      }),
    );
  });

  it('leaves a report that says when text of earlier runs is not in it', () => {
    const lines: LogLine[] = Array.from({ length: 4_000 }, (_, n) => ({
      kind: 'text',
      turn: n,
      text: `line ${n}`,
    }));
    const log = carriedLog(withLines(EMPTY_LOG, lines), 'run', sizes.carriedLogBytes);
    const report = resultSegments(log, undefined);
    expect(report.cut).toBe(true);
    expect(report.segments.at(-1)?.text.endsWith('line 3999')).toBe(true);
    const { line: first = 0, text = '' } = report.segments[0] ?? {};
    expect(text.split('\n')[0]).toBe(`line ${first}`);
    expect(resultSegments(log, 3_999)).toEqual({
      segments: [{ line: 3_999, text: 'line 3999' }],
      cut: false,
    });
  });
});
