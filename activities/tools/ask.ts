import { z } from 'zod';
import { sizes } from '../../workflows/sizes';
import type { ToolSchema } from '../model/model';

const input = z.strictObject({
  question: z
    .string()
    .min(1)
    .max(sizes.questionChars)
    .describe(
      'One question, complete in itself: what you found, what you need to know, and what depends on it.',
    ),
  options: z
    .array(z.string().min(1))
    .min(2)
    .max(10)
    .optional()
    .describe('The answers to choose from, when there are a few clear ones; another answer may come.'),
});

const { $schema: _, ...inputSchema } = z.toJSONSchema(input, { io: 'input' });

/** No activity: the workflow itself waits for the answer, for days if need be. */
export const askSchema: ToolSchema = {
  name: 'ask',
  description:
    'Asks whoever gave you the task, and waits for the answer: it may take minutes or days, and nobody may be there. Only for a decision that you cannot take and that changes your result; never for what the workspace can tell, for permission to go on, or to report.',
  inputSchema,
};
