/** That a caller put this service in the place of another one, as `bga doctor` tells later. Pure. */
import { z } from 'zod';

const WHYS = ['files', 'version', 'access'] as const;

/** Without the values that differed: it stands on a command line. */
export const replaced = z.object({ atMs: z.number(), why: z.enum(WHYS) });
export type Replaced = z.infer<typeof replaced>;

const TEXTS: Record<Replaced['why'], string> = {
  files: 'from another installation, because its own was gone',
  version: 'by a newer version',
  access: 'with another API key or base URL',
};

export function replacedBy({ why }: Replaced): string {
  return `the service was restarted ${TEXTS[why]}`;
}
