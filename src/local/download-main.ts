/** Process entry: `download-main.js <folder> <version>` leaves `temporal-<version>` in the folder. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir = '', version = ''] = process.argv.slice(2);

// The SDK can only download and start. With `--help` the program ends at once instead of serving, which then counts as
// a failed start, so the caller looks at the file and not at how this process ended.
TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', version, downloadDir }, extraArgs: ['--help'] },
})
  .then((environment) => environment.teardown())
  .then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exit(1);
    },
  );
