import { type Env, readEnvironment } from './environment';
import { ConfigError } from './error';
import { parseJsonLayer } from './jsonFile';
import type { SourcedLayer } from './merge';
import { problemsOf, withKey } from './problems';
import { readSmallFile } from './readSmallFile';
import { type Layer, layerSchema } from './schema';
import type { TemporalProfile } from './temporal';
import type { WorkspaceFile } from './workspaceFile';

/** Each source as a layer that knows how its places are called. All but the files are checked here against the schema. */

export function flagLayer(flags: Layer): SourcedLayer {
  return { settings: check(flags, flagFor), sourceOf: (key) => `flag ${flagFor(key)}` };
}

export function environmentLayer(env: Env): SourcedLayer {
  const { settings, variables } = readEnvironment(env);
  // `fallback.to.opus` stands in the variable of `fallback.to`.
  const holder = (key: string) => key.split('.').slice(0, 2).join('.');
  const variable = (key: string) => variables.get(key) ?? variables.get(holder(key)) ?? key;
  return { settings: check(settings, variable), sourceOf: (key) => `environment ${variable(key)}` };
}

export function userLayer(path: string): SourcedLayer | undefined {
  // People keep their dotfiles elsewhere and link to them.
  const text = readSmallFile(path, { followLinks: true });
  if (text === undefined) return undefined;
  return { settings: parseJsonLayer(path, text, layerSchema), sourceOf: () => `file ${path}` };
}

/** Only names come from the workspace this way: its limits and types are kept apart, because they are trusted less. */
export function workspaceLayer({ path, layer }: WorkspaceFile): SourcedLayer {
  return { settings: { toolPrefix: layer.toolPrefix }, sourceOf: () => `file ${path}` };
}

export function profileLayer({ address, namespace, file }: TemporalProfile): SourcedLayer {
  return {
    settings: { temporal: { address }, namespace },
    sourceOf: () => (file === undefined ? "Temporal's default" : `file ${file}`),
  };
}

function check(settings: unknown, nameOf: (key: string) => string): Layer {
  const parsed = layerSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    problemsOf(parsed.error, layerSchema).map((problem) => {
      if (problem.wrongKey) return withKey(problem);
      // An item of a list belongs to the variable that holds the list.
      const key = problem.path.filter((part) => typeof part === 'string').join('.');
      return `${nameOf(key)}: ${problem.text}`;
    }),
  );
}

/** `temporal.address` is `--address`, `models.haiku` is `--models-haiku`. */
function flagFor(key: string): string {
  const words = key.replace(/^(temporal|limits|http)\./, '').replace('.', '-');
  return `--${words.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
