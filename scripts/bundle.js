// Bundles the compiled workflows once, at build time, so that a worker need not do it at every start.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { bundleWorkflowCode, DefaultLogger } = require('@temporalio/worker');

const dist = join(__dirname, '..', 'dist');

bundleWorkflowCode({
  workflowsPath: join(dist, 'workflows', 'index.js'),
  logger: new DefaultLogger('ERROR'),
}).then(({ code }) => writeFileSync(join(dist, 'workflow-bundle.js'), code));
