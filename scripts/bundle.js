// Bundles the compiled workflows once, at build time, so that a worker need not do it at every start.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { bundleWorkflowCode, DefaultLogger } = require('@temporalio/worker');

const dist = join(__dirname, '..', 'dist');

async function bundle(file, options) {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(dist, 'workflows', 'index.js'),
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
