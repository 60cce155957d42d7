import { join } from 'node:path';
import type { z } from 'zod';
import { variableFor } from './environment';
import { parseJsonLayer } from './jsonFile';
import { type Problem, problemsOf } from './problems';
import { readSmallFile } from './readSmallFile';
import { keysAt, layerSchema, workspaceLayerSchema } from './schema';

const WORKSPACE_FILE = '.background-agents.json';

export interface WorkspaceFile {
  path: string;
  layer: z.output<typeof workspaceLayerSchema>;
}

/** What the workspace's own file asks for, and where it is; nothing when there is none. */
export function readWorkspaceFile(workspace: string, userFile: string): WorkspaceFile | undefined {
  const path = join(workspace, WORKSPACE_FILE);
  // A link could point at any JSON on the machine, and an error message would tell its keys.
  const text = readSmallFile(path, { followLinks: false });
  if (text === undefined) return undefined;
  const layer = parseJsonLayer(path, text, workspaceLayerSchema, (error) =>
    problemsOf(error, workspaceLayerSchema).map((problem) => refusal(problem, userFile)),
  );
  return { path, layer };
}

/** A key that exists, only not here, gets the reason and the places where it may stand. */
function refusal(problem: Problem, userFile: string): Problem {
  const [key] = problem.path;
  if (typeof key !== 'string' || !problem.wrongKey || problem.path.length > 1) return problem;
  if (!keysAt(layerSchema, []).includes(key)) return problem;
  const variable = variableFor(key);
  const places = variable === undefined ? userFile : `${userFile} or with ${variable}`;
  const text = `a workspace, which is not trusted, may not set this. Set it in ${places}.`;
  return { ...problem, text };
}
