import type { McpTool } from '../tool';
import { agentKill } from './kill';
import { agentList } from './list';
import { agentOutput } from './output';
import { agentSend } from './send';
import { agentSpawn } from './spawn';
import { agentSpawnMany } from './spawnMany';
import { agentStatus } from './status';
import { agentWait } from './wait';

/** Every tool that the server offers. */
export const MCP_TOOLS: readonly McpTool[] = [
  agentSpawn,
  agentSpawnMany,
  agentStatus,
  agentOutput,
  agentWait,
  agentSend,
  agentKill,
  agentList,
];
