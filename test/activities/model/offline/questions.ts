/** A question, and the line that answers it: any line of a file ending with `file` that matches `line`. */
export interface Question {
  ask: string;
  file: string;
  line: RegExp;
}

/** An installed package's sources, which the scout was not written against. */
export interface Quiz {
  /** Path under node_modules. */
  source: string;
  questions: Question[];
}

const q = (ask: string, file: string, line: RegExp): Question => ({ ask, file, line });

/** The scout was tuned while looking at these. */
export const developmentQuizzes: Quiz[] = [
  {
    source: '@anthropic-ai/sdk/src',
    questions: [
      q(
        'Where is APIConnectionTimeoutError defined?',
        'core/error.ts',
        /^export class APIConnectionTimeoutError/,
      ),
      q('Find the definition of `isPathLegal`', 'file-store.ts', /^export function isPathLegal/),
      q('where is getDefaultFetch called', 'client.ts', /Shims\.getDefaultFetch\(\)/),
      q('Who uses armAbandonmentBackstop?', 'client.ts', /^ {4}armAbandonmentBackstop\(/),
      q(
        'Which file defines the constant CONFIG_FILE_VERSION?',
        'credentials.ts',
        /const CONFIG_FILE_VERSION/,
      ),
      q('What calls applyMiddleware()?', 'core/middleware.ts', /await applyMiddleware\(/),
      q(
        'In which place is the function buildHeaders implemented?',
        'headers.ts',
        /^export const buildHeaders/,
      ),
      q(
        'How does the client compute the default retry timeout?',
        'client.ts',
        /private calculateDefaultRetryTimeoutMillis/,
      ),
      q('Where do we look at the retry-after header?', 'client.ts', /responseHeaders\?\.get\('retry-after/),
      q('Show me the interface TokenPageResponse', 'pagination.ts', /^export interface TokenPageResponse/),
    ],
  },
  {
    source: 'commander',
    questions: [
      q('Where is the edit distance computed?', 'suggestSimilar.js', /^function editDistance/),
      q('where is suggestSimilar used?', 'command.js', /suggestion = suggestSimilar\(/),
      q('Where is the class DualOptions defined?', 'option.js', /^class DualOptions/),
      q('Which lines call _excessArguments?', 'command.js', /this\._excessArguments\(/),
      q('definition of exitOverride', 'command.js', /^ {2}exitOverride\(fn\)/),
      q('Where are option flags split?', 'option.js', /^function splitOptionFlags/),
      q(
        'Find usages of humanReadableArgName',
        '.js',
        /return humanReadableArgName\(|=> humanReadableArgName\(/,
      ),
      q('How is the ANSI color stripped from a string?', 'help.js', /^function stripColor/),
      q('Where is the InvalidArgumentError class?', 'error.js', /^class InvalidArgumentError/),
      q(
        'where does commander check the NO_COLOR environment variable',
        'command.js',
        /process\.env\.NO_COLOR/,
      ),
    ],
  },
  {
    source: 'zod',
    questions: [
      q('Where is isValidIBAN defined?', 'core/schemas.ts', /^export function isValidIBAN/),
      q('Where is prettifyError defined?', 'core/errors.ts', /^export function prettifyError/),
      q('where is `floatSafeRemainder` declared', 'core/util.ts', /^export function floatSafeRemainder/),
      q(
        'Find the interface $ZodNullableInternals',
        'core/schemas.ts',
        /^export interface \$ZodNullableInternals/,
      ),
      q('Which code uses isValidJWT?', 'core/', /[^n] isValidJWT\(|, isValidJWT\)/),
    ],
  },
];

/** The scout was not tuned on these: their scores were first looked at when it was done. */
export const heldOutQuizzes: Quiz[] = [
  {
    source: 'rxjs/src',
    questions: [
      q('Where is the class Subscriber defined?', 'internal/Subscriber.ts', /^export class Subscriber</),
      q('who calls reportUnhandledError', '.ts', /^\s+(reportUnhandledError\(|.*: reportUnhandledError)/),
      q('Where is mergeInternals used?', '.ts', /[^n] mergeInternals\(/),
      q('definition of operate', 'util/lift.ts', /^export function operate/),
      q('Find the interface SchedulerLike', 'types.ts', /^export interface SchedulerLike/),
      q(
        'Where is UnsubscriptionError created?',
        'UnsubscriptionError.ts',
        /^export const UnsubscriptionError/,
      ),
      q('Where does retry look at resetOnSuccess?', 'operators/retry.ts', /resetOnSuccess/),
      q(
        'Which function tells whether a value is array like?',
        'util/isArrayLike.ts',
        /^export const isArrayLike/,
      ),
      q(
        'where is COMPLETE_NOTIFICATION declared',
        'NotificationFactories.ts',
        /^export const COMPLETE_NOTIF/,
      ),
      q('What uses `popScheduler`?', '.ts', /[^n] popScheduler\(/),
    ],
  },
  {
    source: 'protobufjs',
    questions: [
      q(
        'Where is Namespace.isReservedId defined?',
        'src/namespace.js',
        /^Namespace\.isReservedId = function/,
      ),
      q('Where is indexOutOfRange defined?', 'src/reader.js', /^function indexOutOfRange/),
      q('which places call tryHandleExtension', 'src/root.js', /(if \(|if\(|!)!?tryHandleExtension\(/),
      q('Find the method Reader.prototype.skipType', 'src/reader.js', /^Reader\.prototype\.skipType =/),
      q('Where is delimRe used?', 'src/tokenize.js', /delimRe\.(test|lastIndex)/),
      q(
        'What does genValuePartial_toObject look like? Where is it?',
        'src/converter.js',
        /^function genValuePartial_toObject/,
      ),
      q('Which function decodes delimited messages?', 'src/message.js', /^Message\.decodeDelimited =/),
      q('where is arrayToJSON declared?', 'src/namespace.js', /^function arrayToJSON/),
      q(
        'Show the implementation of lookupService.',
        'src/namespace.js',
        /^Namespace\.prototype\.lookupService =/,
      ),
      q('Where is the BufferWriter constructor?', 'src/writer_buffer.js', /^function BufferWriter/),
    ],
  },
  {
    source: '@temporalio/worker/src',
    questions: [
      q(
        'Where is GracefulShutdownPeriodExpiredError defined?',
        'errors.ts',
        /^export class GracefulShutdownPeriod/,
      ),
      q(
        'Where is GracefulShutdownPeriodExpiredError thrown?',
        'worker.ts',
        /new GracefulShutdownPeriodExpiredError\(/,
      ),
      q('who uses addBuildIdIfMissing', 'worker.ts', /[^n] addBuildIdIfMissing\(/),
      q(
        'Where is the function that converts a byte array to a Buffer?',
        'utils.ts',
        /^export function byteArrayToBuffer/,
      ),
      q('definition of the type EvictionReason', 'replay.ts', /^export type EvictionReason/),
      q('Where can I find formatTaskToken?', 'worker.ts', /^function formatTaskToken/),
      q(
        'Where are the default worker options added?',
        'worker-options.ts',
        /function addDefaultWorkerOptions/,
      ),
      q('What calls `closeableGroupBy`?', 'worker.ts', /[^n] closeableGroupBy\(/),
      q('which class implements the metrics buffer', 'runtime-metrics.ts', /^export class MetricsBuffer/),
      q(
        'Where is evictionReasonToReplayError implemented?',
        'replay.ts',
        /^export function evictionReasonToReplay/,
      ),
    ],
  },
  {
    source: 'zod',
    questions: [
      q('Where is isValidCreditCard defined?', 'core/schemas.ts', /^export function isValidCreditCard/),
      q('Find `nullProcessor`', 'core/json-schema-processors.ts', /^export const nullProcessor/),
      q('where is safeDecodeAsync defined in the core', 'core/parse.ts', /^export const safeDecodeAsync/),
      q('Where is the globalRegistry created?', 'core/registries.ts', /globalRegistry\b.*=/),
      q('Which code calls isPlainObject?', '.ts', /[^n] !?isPlainObject\(|\(!?(util\.)?isPlainObject\(/),
    ],
  },
];
