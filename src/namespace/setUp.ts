/** `bga setup`: registers on a cluster what agents need and it lacks; doing it again changes nothing. */
import { UserError } from '../agents/errors';
import type { Temporal } from '../temporal';
import { grpcCode, grpcCodes } from '../temporalErrors';
import { apply, lookAt, untilUsable } from './apply';
import { describeStep, type NamespaceSpec, type Plan, planSetup, type SetupStep } from './plan';

/** A server of several hosts learns of a new namespace and its attributes within some ten seconds. */
const PATIENCE_MS = 60_000;

export async function planFor({ client, call, target }: Temporal, spec: NamespaceSpec): Promise<Plan> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const looking = call(() => lookAt(client.connection, spec.namespace, signal));
  const found = await looking.catch((error: unknown) => {
    const what = `see what namespace ${spec.namespace} holds`;
    throw refused(error) ? notAllowed(what, target.address, error) : error;
  });
  return planSetup(found, spec);
}

/** Carries the plan out; each step is told once it is done. */
export async function carryOut(
  { client, call, target }: Temporal,
  spec: NamespaceSpec,
  { steps, wrong }: Plan,
  tell: (step: SetupStep) => void,
): Promise<void> {
  const [first] = wrong;
  if (first)
    throw new UserError(
      'invalid',
      `Search attribute ${first.name} of namespace ${spec.namespace} is of type ${first.found}, and agents need ${first.wanted}. ` +
        'Its type cannot be changed: use another namespace (TEMPORAL_NAMESPACE), or remove the attribute.',
    );
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for (const step of steps) {
    try {
      await call(() => apply(client.connection, spec, step, signal), PATIENCE_MS);
    } catch (error) {
      throw refused(error) ? notAllowed(describeStep(step, spec), target.address, error) : error;
    }
    tell(step);
  }
  await call(() => untilUsable(client.connection, spec, signal), PATIENCE_MS);
}

function refused(error: unknown): boolean {
  const code = grpcCode(error);
  return code === grpcCodes.permissionDenied || code === grpcCodes.unimplemented;
}

/** Temporal Cloud keeps namespaces and attributes out of a namespace's own reach. */
function notAllowed(what: string, address: string, cause: unknown): UserError {
  return new UserError(
    'invalid',
    `Temporal at ${address} does not let you ${what}. ` +
      'Have its operator do it; on Temporal Cloud, its web page or "tcld namespace" does. Then run bga setup again, to see that nothing is missing.',
    { cause },
  );
}
