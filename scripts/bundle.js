// Bundles the compiled workflows once, at build time, so that a worker need not do it at every start.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { bundleWorkflowCode, DefaultLogger } = require('@temporalio/worker');

const dist = join(__dirname, '..', 'dist');

async function bundle(file, options) {
  const workflowsPath = join(dist, 'workflows', 'index.js');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    // Evaluated once in a worker, not once for each agent: they keep nothing of any agent (test/workflows/modules.test.ts).
    preloadModules: [workflowsPath],
    logger: new DefaultLogger('ERROR'),
    ...options,
  });
  writeFileSync(join(dist, file), code);
}

async function main() {
  await bundle('workflow-bundle.js', {});
  // For workers with an encryption key.
  const failureConverterPath = join(dist, 'workflows', 'failureConverter.js');
  await bundle('workflow-bundle-encrypted.js', { failureConverterPath });
}

main();
