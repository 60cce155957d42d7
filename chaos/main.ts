/** `npm run chaos`: agents at work while worker and server are killed under them; it prints a verdict, and exits by it. */
import { writeFileSync } from 'node:fs';
import { circumstances } from '../bench/circumstances';
import { type Cleanup, withCleanup } from '../bench/cleanup';
import { VERSION } from '../src/version';
import { type ChaosOptions, readOptions, USAGE } from './options';
import { run } from './run/run';
import { type Report, render } from './verdict/render';
import { EXIT_CODES, verdictOf } from './verdict/verdict';

async function chaos(options: ChaosOptions, cleanup: Cleanup): Promise<number> {
  const where = circumstances();
  const { durationMs, temporalServer, ...facts } = await run(options, cleanup);
  const verdict = verdictOf(facts);
  const { seed, stopSeconds, jsonFile } = options;
  const report: Report = {
    verdict,
    ...facts,
    seed,
    stopSeconds,
    durationMs,
    version: `background-agents ${VERSION}`,
    where: { ...where, temporalServer },
  };
  console.log(render(report));
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(report, undefined, 2)}\n`);
  return EXIT_CODES[verdict.word];
}

async function main(): Promise<number> {
  let options: ChaosOptions;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`chaos: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  return withCleanup((cleanup) => chaos(options, cleanup));
}

void main().then((code) => process.exit(code));
