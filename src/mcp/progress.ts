import type { ServerContext } from '@modelcontextprotocol/server';
import { plainText } from '../agents/plain';

/** More often than this tells nobody more. */
const PROGRESS_EVERY_MS = 1_000;

/** Progress notifications, for a client that asked for them: they also keep it from giving the call up. */
export function reporter({ mcpReq }: ServerContext): (message: string) => void {
  const token = mcpReq._meta?.progressToken;
  let progress = 0;
  let lastMs = 0;
  return (message) => {
    if (token === undefined || Date.now() - lastMs < PROGRESS_EVERY_MS) return;
    lastMs = Date.now();
    progress += 1;
    mcpReq
      .notify({
        method: 'notifications/progress',
        params: { progressToken: token, progress, message: plainText(message) },
      })
      .catch(() => undefined);
  };
}
