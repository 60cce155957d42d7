/** A model that adds its reply to what an earlier attempt of the same turn had begun to say, as a log does that attempts append to. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Model, ModelRequest } from '../../activities/model/model';

export function doublingModel(model: Model, folder: string): Model {
  return {
    async call(request, options) {
      // In a file: the attempt before may have died with its worker.
      const begun = join(folder, `begun-${turnOf(request)}`);
      const isRetry = existsSync(begun);
      const answer = await model.call(request, {
        ...options,
        onText: (text) => {
          writeFileSync(begun, '');
          options.onText?.(text);
        },
      });
      const again = isRetry ? answer.blocks.filter(({ type }) => type === 'text') : [];
      return { ...answer, blocks: [...again, ...answer.blocks] };
    },
  };
}

function turnOf({ head, messages }: ModelRequest): string {
  return `${head.task.split(':', 1)[0]}-${messages.length}`;
}
