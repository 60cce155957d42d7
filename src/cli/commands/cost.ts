import { resolve } from 'node:path';
import { counted } from '../../../workflows/text';
import type { CostResult } from '../../agents';
import { bar } from '../../cost/bars';
import { picture, type Section } from '../../cost/picture';
import { missing } from '../../cost/whole';
import { save } from '../../export/save';
import type { CliCommand } from '../command';
import { chosen } from '../input';
import { sinceMs } from '../since';
import { table } from '../table';
import { dollars, short } from '../words';

const BAR_CHARS = 30;

export const costCommand: CliCommand = {
  name: 'cost',
  summary: 'what agents have cost, and what the same would have cost on one tier alone',
  declare: (command) =>
    command
      .option('--since <time>', 'agents spawned since then: 12h, 7d, 2w, or a date', '7d')
      .option('--by <what>', 'type, tier, session or day', 'type')
      .option('-t, --type <type>', 'only this agent type')
      .option('--scope <scope>', 'session, workspace or all', 'all')
      .option('--svg <file>', 'draw it into this file as well'),
  async run(cli, { options }) {
    const { cost, GROUPINGS, SCOPES } = await import('../../agents');
    const untilMs = Date.now();
    const request = {
      by: chosen('--by', options.by, GROUPINGS),
      scope: chosen('--scope', options.scope, SCOPES),
      sinceMs: sinceMs('--since', String(options.since), untilMs),
      untilMs,
      ...(typeof options.type === 'string' ? { agentType: options.type } : {}),
    };
    const agents = await cli.agents();
    const report = await cost(agents, request, (text) => cli.progress.step(text));
    const sections = sectionsOf(report);
    if (typeof options.svg === 'string')
      save(resolve(options.svg), picture(headline(report), sections, missing(report)));
    cli.print(report, inText(report, sections));
    if (!cli.json) for (const note of notesOn(report, agents.config.userFile)) cli.say(note);
    return 0;
  },
};

function headline({ since, agents, open, usage }: CostResult): string {
  const tokens = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
  const running = open > 0 ? ` (${open} not ended)` : '';
  return `Since ${new Date(since).toLocaleString('sv-SE').slice(0, 16)}: ${counted(agents, 'agent')}${running}, ${dollars(usage.cost_usd)}, ${short(tokens)} tokens in, ${short(usage.output_tokens)} out`;
}

function sectionsOf({ by, groups, usage, one_tier_alone: alone }: CostResult): [Section, Section] {
  const asItWas = { label: 'as it was', costUsd: usage.cost_usd, figure: dollars(usage.cost_usd) };
  const spent = groups.map((group) => ({
    label: group.key,
    costUsd: group.usage.cost_usd,
    figure: `${dollars(group.usage.cost_usd)}, ${counted(group.agents, 'agent')}`,
  }));
  const tiers = alone.map(({ tier, model, cost_usd: costUsd }) => ({
    label: `${tier} alone`,
    costUsd: costUsd ?? 0,
    figure: costUsd === null ? `the price of ${model} is not known` : dollars(costUsd),
  }));
  return [
    { heading: `by ${by}`, bars: spent },
    { heading: 'the same tokens on one tier', bars: [asItWas, ...tiers] },
  ];
}

function inText(report: CostResult, [spent, alone]: [Section, Section]): string {
  const told = [headline(report), ...missing(report)];
  if (report.agents === 0) return told.join('\n');
  const groups = report.groups.map(({ key, agents }, index) => [
    key,
    String(agents),
    dollars(spent.bars[index]?.costUsd ?? 0),
  ]);
  const tiers = alone.bars.map(({ label, figure }) => [label, '', figure]);
  return [
    ...told,
    '',
    table([report.by, 'agents', 'cost', ''], withBars(groups, spent)),
    '',
    table([alone.heading, '', 'cost', ''], withBars(tiers, alone)),
  ].join('\n');
}

function withBars(rows: readonly string[][], { bars }: Section): string[][] {
  const most = Math.max(...bars.map(({ costUsd }) => costUsd));
  return rows.map((row, index) => [...row, bar(bars[index]?.costUsd ?? 0, most, BAR_CHARS)]);
}

function notesOn(report: CostResult, userFile: string): string[] {
  const { incomplete, unpriced_models: unpriced } = report;
  return [
    ...(unpriced.length > 0
      ? [
          `Counted as free, because their price is not known: ${unpriced.join(', ')}. Add them to "prices" in ${userFile}.`,
        ]
      : []),
    ...(incomplete > 0
      ? [
          `Not all that ${incomplete} of them took can be told now: no worker answers for them (bga up), or their payloads cannot be read here.`,
        ]
      : []),
  ];
}
