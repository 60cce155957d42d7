import {
  type CallToolResult,
  type Implementation,
  McpServer,
  type McpServerOptions,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
  type Transport,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { takesForms } from '../questions/asker';
import { isByRequest } from '../revision';
import { declaresTasks, insistOnTasks, TASKS } from './extension';
import type { DetailedTask } from './task';

/** The tasks behind a server. Each call names its task, as whoever made it may have gone long ago. */
export interface TaskSource {
  /** @throws ProtocolError for an unknown id; so do the others. */
  get(taskId: string, client: { takesForms: boolean }): Promise<DetailedTask>;
  /** Answers what the task has asked; answers to anything else are passed over. */
  update(taskId: string, inputResponses: Readonly<Record<string, unknown>>): Promise<void>;
  /** Asks for its end; one that has ended stays as it is. */
  cancel(taskId: string): Promise<void>;
}

type Method = (taskId: string, context: ServerContext) => Promise<Record<string, unknown>>;

/** A server whose calls may become tasks. For clients of earlier revisions it is one like any other. */
export class TaskServer extends McpServer {
  constructor(
    serverInfo: Implementation,
    private readonly options: McpServerOptions,
    private readonly tasks: TaskSource,
  ) {
    super(serverInfo, options);
  }

  /** By now its revision is known, and whoever serves it has put an answer to `server/discover` in place. */
  override async connect(transport: Transport): Promise<void> {
    if (isByRequest(this.server)) this.offerTasks();
    await super.connect(transport);
  }

  /** Whether this very request may be answered with a task. */
  mayCreateTask(context: ServerContext): boolean {
    return isByRequest(this.server) && declaresTasks(context);
  }

  /**
   * The answer to a call that goes on as a task. What the call would say by itself stays in it: a tool with an output schema
   * has to return what fits that, and a client that shows results has something to show.
   */
  async asTask(taskId: string, result: CallToolResult): Promise<CallToolResult> {
    // What was started must not get lost over a look at it that fails.
    const task = await this.tasks.get(taskId, { takesForms: false }).catch(() => undefined);
    if (!task) return result;
    const { result: _, ...created } = task;
    return { ...result, ...created, resultType: 'task' };
  }

  private offerTasks(): void {
    const { tasks } = this;
    this.discover();
    this.method('tasks/get', async (taskId, context) => ({
      ...(await tasks.get(taskId, { takesForms: takesForms(context) })),
    }));
    this.method('tasks/update', async (taskId, { mcpReq: { inputResponses } }) => {
      if (!inputResponses) throw invalid('tasks/update', 'inputResponses is missing');
      await tasks.update(taskId, inputResponses);
      return {};
    });
    this.method('tasks/cancel', async (taskId) => {
      await tasks.cancel(taskId);
      return {};
    });
  }

  /** The SDK's own answer names the same capabilities to everybody. */
  private discover(): void {
    const { instructions } = this.options;
    const revision = this.server.getNegotiatedProtocolVersion();
    const capabilities = this.server.getCapabilities();
    this.server.setRequestHandler('server/discover', (_, context) => ({
      supportedVersions: revision === undefined ? [] : [revision],
      capabilities: declaresTasks(context)
        ? { ...capabilities, extensions: { ...capabilities.extensions, ...TASKS } }
        : capabilities,
      ...(instructions === undefined ? {} : { instructions }),
    }));
  }

  private method(name: string, run: Method): void {
    // Whether the extension is declared comes first: to others it should not even be a matter of arguments.
    this.server.setRequestHandler(name, { params: z.looseObject({}) }, async (params, context) => {
      insistOnTasks(context);
      if (typeof params.taskId !== 'string') throw invalid(name, 'taskId must be a string');
      return run(params.taskId, context);
    });
  }
}

function invalid(method: string, problem: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, `Invalid params for ${method}: ${problem}.`);
}
