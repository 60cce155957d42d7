/** What the minimal agent passes around; its activities get the whole transcript as their argument. */
export interface MinimalInput {
  task: string;
  workspace: string;
}

export interface Call {
  id: string;
  name: string;
  input: { path: string; from_line: number };
}

export interface CallResult {
  id: string;
  text: string;
}

export type Message =
  | { role: 'user'; text: string }
  | { role: 'assistant'; text: string; calls: Call[] }
  | { role: 'tools'; results: CallResult[] };

export interface Reply {
  text: string;
  calls: Call[];
}

export interface MinimalActivities {
  callModel(messages: Message[]): Promise<Reply>;
  callTool(call: Call, workspace: string): Promise<CallResult>;
}
