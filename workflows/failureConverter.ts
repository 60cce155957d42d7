import { DefaultFailureConverter } from '@temporalio/common';

/** Puts messages and stack traces into a payload, which is then encrypted like any other. The SDK looks for this name. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
