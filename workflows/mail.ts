/** What was sent to an agent and not yet read by it. Plain data: it goes along into the next run. */
import { sizes } from './sizes';
import { jsonBytes } from './text';

export interface SentMessage {
  /** Made by the sender: one that arrives twice is heard once. */
  id: string;
  text: string;
}

export interface Mail {
  /** In the order of arrival. */
  unread: readonly SentMessage[];
  /** Ids of the latest messages, read or not. */
  known: readonly string[];
}

export const NO_MAIL: Mail = { unread: [], known: [] };

/** A message that is tried again comes soon after its first try. */
const KNOWN = 200;

export function isKnown(mail: Mail, { id }: SentMessage): boolean {
  return mail.known.includes(id);
}

export function noted(mail: Mail, { id }: SentMessage): Mail {
  return { ...mail, known: [...mail.known, id].slice(-KNOWN) };
}

export function received(mail: Mail, message: SentMessage): Mail {
  return { ...noted(mail, message), unread: [...mail.unread, message] };
}

/** What came to the run before, and then what came to this one. */
export function joined(before: Mail, mail: Mail): Mail {
  return mail.unread.reduce((all, message) => (isKnown(all, message) ? all : received(all, message)), before);
}

/** Why a message cannot be taken; undefined when it can. */
export function problemWith(mail: Mail, { text }: SentMessage): string | undefined {
  if (text.trim() === '') return 'The message is empty.';
  if (text.length > sizes.messageChars)
    return `The message has ${text.length} characters; it may have ${sizes.messageChars}.`;
  const waiting = mail.unread.reduce((sum, message) => sum + jsonBytes(message.text), 0);
  if (waiting + jsonBytes(text) <= sizes.unreadBytes) return undefined;
  return `${mail.unread.length} messages wait to be read already; send this one when the agent has read them.`;
}
