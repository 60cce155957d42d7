// The longest files first. Where nothing has run yet, as in CI, jest goes by the size of the files and begins the longest of all, which
// is one of the shortest to read, when everything else is over: for two minutes one of two cores has nothing to do.
const { existsSync } = require('node:fs');
const { join, relative } = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

// More than a minute each, on two idle cores.
const LONGEST = [
  'chaos/small',
  'mcp/lease',
  'endToEnd/installed',
  'cli/run',
  'mcp/stopping',
  'cluster/topology',
  'durability/kills',
  'local/service',
  'agents/faults',
  'chaos/sabotage',
].map((name) => `test/${name}.test.ts`);

for (const file of LONGEST)
  if (!existsSync(join(__dirname, '..', '..', file)))
    throw new Error(
      `${file} is gone: take it out of test/support/sequencer.js, or say what it is called now.`,
    );

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const placeOf = (test) => {
      const place = LONGEST.indexOf(relative(test.context.config.rootDir, test.path));
      // What has run here before jest knows better.
      return place < 0 || this.time(test) !== undefined ? LONGEST.length : place;
    };
    return super.sort(tests).sort((one, other) => placeOf(one) - placeOf(other));
  }
};
