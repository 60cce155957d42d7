import { runChaos } from './support';

/** The plan always is the same, so that what fails once can be looked into. */
const SEED = '20261124';

it('loses, doubles and alters nothing of 150 agents under fifteen kills, a stop and failing requests', async () => {
  const { code, text, report } = await runChaos(
    ...['--agents', '150', '--kills', '13', '--server-kills', '2'],
    ...['--stop-seconds', '6', '--seed', SEED],
  );
  expect(report.findings).toEqual([]);
  expect(report.model.strange).toEqual([]);
  expect(report.verdict).toMatchObject({
    word: 'green',
    lacks: [],
    struck: { kill_worker: 13, kill_server: 2, stop_worker: 1 },
  });
  expect(report.verdict.hits.share).toBeGreaterThanOrEqual(0.9);
  expect(report.verdict.repeatedCalls).toBeLessThanOrEqual(report.verdict.callsInFlight.sum);
  expect(Object.keys(report.model.faults).length).toBeGreaterThan(3);
  expect(text).toContain(`seed         ${' '}${SEED}, commit ${report.where.commit}`);
  expect(code).toBe(0);
}, 600_000);
