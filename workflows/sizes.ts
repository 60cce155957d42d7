/**
 * How large things may be, in one table. The server takes 2 MB in one payload and 4 MB in one message; what is larger ends
 * an agent, or fails its workflow task again and again. Bytes are those of the JSON that is sent.
 */
export const sizes = {
  /** At worst, all of it control characters, six times as many bytes: still less than a third of a payload. */
  taskChars: 100_000,
  /** A question of an agent. */
  questionChars: 4_000,
  /** A message to an agent, … */
  messageChars: 32_000,
  /** … and all those together that it has not read: they go along into the next run. */
  unreadBytes: 200_000,
  /** A reply of a model, as an activity's result; its calls go out again as arguments of activities, all in one message. */
  replyBytes: 512_000,
  /** One tool call of a reply, … */
  toolCallBytes: 64_000,
  /** … and how many it may make at once. */
  callsPerTurn: 64,
  /** One tool result in UTF-8: about 8,000 tokens. */
  toolResultBytes: 32 * 1024,
  /** The results of one turn together, as they enter the conversation. */
  turnResultBytes: 300_000,
  /** A conversation, whatever its model could take: it goes along into the next run. */
  conversationBytes: 700_000,
  /** What is left of the turns that were summarised. */
  summaryBytes: 16_000,
  /** What a summary is made from. */
  summarisedBytes: 200_000,
  /** The newest lines of the log that go along into the next run. */
  carriedLogBytes: 100_000,
  /** Longer lines of a log are broken: a reader gets at most 40,000 characters at a time, and should get all of them. */
  lineChars: 8_000,
  /** The answer, or the text so far, in a report: results, failure details and memos are meant for small things. */
  reportBytes: 64 * 1024,
  /** A page of a query's answer, to which at most one message or line more is added. */
  pageBytes: 400_000,
  /** The message of an ending: it may quote what some gateway answered. */
  endingChars: 2_000,
  /** What Temporal's Web UI shows beside a workflow or an activity; the server refuses 400, and encryption adds to it. */
  titleBytes: 200,
} as const;
