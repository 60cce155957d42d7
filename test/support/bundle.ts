import { join } from 'node:path';
import { ROOT } from './root';

/** The workflow bundle as it is released. */
export const WORKFLOW_BUNDLE = join(ROOT, 'dist', 'workflow-bundle.js');
