import { join } from 'node:path';

/** The workflow bundle as it is released. */
export const WORKFLOW_BUNDLE = join(__dirname, '..', '..', 'dist', 'workflow-bundle.js');
