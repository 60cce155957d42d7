/** What the minimal agent passes around; its activities get the whole transcript as their argument. */
export interface MinimalInput {
  task: string;
  workspace: string;
  /** Its activities go through the server's matching, as those on a queue of their own do. */
  isApart?: true;
}

interface Call {
  id: string;
  name: string;
  input: { path: string; from_line: number };
}

interface CallResult {
  id: string;
  text: string;
}

export type Message =
  | { role: 'user'; text: string }
  | { role: 'assistant'; text: string; calls: Call[] }
  | { role: 'tools'; results: CallResult[] };

interface Reply {
  text: string;
  calls: Call[];
}

export interface MinimalActivities {
  callModel(messages: Message[]): Promise<Reply>;
  callTool(call: Call, workspace: string): Promise<CallResult>;
}
