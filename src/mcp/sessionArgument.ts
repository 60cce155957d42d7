/** The argument by which calls over a transport without a connection say which session they belong to. Every tool takes it. */
import { z } from 'zod';
import { checkArguments } from './arguments';

const session = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe(
    'A name of your choice for this conversation, the same in every call: it is what "this session" means. Without one, agents are detached.',
  );

export function inSession<Input extends z.ZodObject>(input: Input) {
  return input.extend({ session });
}

/** @throws UserError that names every problem of the call at once. */
export function checkSession(tool: { name: string; input: z.ZodObject }, args: unknown): string | undefined {
  return session.parse(checkArguments(tool.name, inSession(tool.input), args).session);
}

export function withoutSession(args: unknown): unknown {
  const { session: _, ...rest } = Object(args ?? {});
  return rest;
}
