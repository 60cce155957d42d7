/**
 * How large things may be: the server takes 2 MB in one payload and 4 MB in one message, and what is larger ends an agent,
 * or fails its workflow task again and again. In bytes of the JSON that is sent. Whatever has no natural bound is in this table.
 */
export const sizes = {
  /** The answer, or the text so far, in a report: results, failure details and memos are meant for small things. */
  reportBytes: 64 * 1024,
  /** A page of a query's answer, to which at most one message or line more is added. */
  pageBytes: 400_000,
  /** A conversation, whatever its model could take: it goes along into the next run, beside a task of up to 600 KB. */
  conversationBytes: 700_000,
  /** What is left of the turns that were summarised. */
  summaryBytes: 16_000,
  /** What a summary is made from. */
  summarisedBytes: 200_000,
  /** The newest lines of the log that go along into the next run. */
  carriedLogBytes: 100_000,
} as const;
