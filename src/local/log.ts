/** The supervisor's own log: its stderr, which whoever started it has opened on a file. */
import { secretsOfEnvironment } from '../log/environment';
import { type Log, type LogSettings, openLog } from '../log/log';

// A disk that is full must not end what keeps agents alive: the console passes over what cannot be written.
const write = (line: string) => console.error(line);

let asSettled: Log | undefined;

export async function settleLog(settings: LogSettings, env: NodeJS.ProcessEnv): Promise<void> {
  const secrets = secretsOfEnvironment(env);
  // As text, its lines have always had a time; nothing else here has one.
  const timed = (line: string) =>
    write(settings.format === 'json' ? line : `${new Date().toISOString()} ${line}`);
  asSettled = await openLog({ ...settings, program: 'supervisor', secrets: () => secrets, write: timed });
}

export function log(text: string): void {
  if (asSettled) asSettled('info', text);
  else write(`${new Date().toISOString()} ${text}`);
}
