import type { Config } from '../../config';
import type { Cli } from '../cli';
import type { CliCommand, CommandCall, ExitCode } from '../command';
import { numberOption } from '../input';

export const setupCommand: CliCommand = {
  name: 'setup',
  summary: 'register on a Temporal cluster what agents need there',
  declare: (command) =>
    command
      .option('--retention <days>', 'how long at least results are kept (default: 30 days)', numberOption)
      .option('--dry-run', 'only say what is missing'),
  async run(cli, call) {
    const config = cli.config();
    const spec = await specFor(config, call);
    const { connectTemporal } = await import('../../temporal');
    const { targetOf } = await import('../../target');
    const { NO_KEYS } = await import('../../codec');
    const temporal = await connectTemporal(targetOf(config, cli.env, NO_KEYS));
    try {
      return await setUp(cli, temporal, spec, call.options.dryRun === true);
    } finally {
      await temporal.close();
    }
  },
};

type SetUp = typeof import('../../namespace/setUp');
type Temporal = Parameters<SetUp['planFor']>[0];
type Spec = Parameters<SetUp['planFor']>[1];

async function setUp(cli: Cli, temporal: Temporal, spec: Spec, dryRun: boolean): Promise<ExitCode> {
  const { planFor, carryOut } = await import('../../namespace/setUp');
  const { describeStep } = await import('../../namespace/plan');
  const plan = await planFor(temporal, spec);
  if (!dryRun)
    await carryOut(temporal, spec, plan, (step) => cli.progress.step(`done: ${describeStep(step, spec)}`));
  const { address, namespace } = temporal.target;
  const report = { address, namespace, dry_run: dryRun, steps: plan.steps, wrong_types: plan.wrong };
  const lines = [
    ...plan.steps.map((step) => `${dryRun ? 'to do' : 'done'}: ${describeStep(step, spec)}`),
    ...plan.wrong.map(
      ({ name, found, wanted }) => `in the way: search attribute ${name} is of type ${found}, not ${wanted}`,
    ),
  ];
  const allThere = `Namespace ${namespace} at ${address} has all that agents need.`;
  cli.print(report, lines.length > 0 ? lines.join('\n') : allThere);
  return plan.wrong.length > 0 ? 1 : 0;
}

async function specFor(config: Config, { options }: CommandCall): Promise<Spec> {
  const { isLocal } = await import('../../config');
  const { UserError } = await import('../../agents/errors');
  if (isLocal(config))
    throw new UserError(
      'invalid',
      'No cluster is configured to be set up. Set TEMPORAL_ADDRESS, or a profile in temporal.toml. The local service sets itself up: bga up',
    );
  const { RETENTION_DAYS } = await import('../../namespace/plan');
  const { searchAttributes } = await import('../../localOptions');
  const { retention: retentionDays = RETENTION_DAYS } = options;
  if (typeof retentionDays !== 'number' || !Number.isInteger(retentionDays) || retentionDays < 1)
    throw new UserError('invalid', '--retention: expected a number of days, 1 at least. See --help.');
  return { namespace: config.namespace, retentionDays, searchAttributes: searchAttributes() };
}
