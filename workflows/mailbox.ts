/** Where messages to an agent arrive: as an update, which is acknowledged, or as a signal where no worker answers. */
import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { isKnown, joined, type Mail, NO_MAIL, noted, problemWith, received, type SentMessage } from './mail';
import { messageSignal, type Receipt, sendUpdate } from './messages';

/** The open question. */
interface Waiting {
  answer?: SentMessage;
}

export class Mailbox {
  private mail: Mail = NO_MAIL;
  private waiting: Waiting | undefined;
  private turnedAway: readonly SentMessage[] = [];
  /** Turn in which a message that arrives now is read; unknown until the agent has its state. */
  nextTurn: () => number | undefined = () => undefined;

  constructor() {
    setHandler(sendUpdate, (message) => this.receive(message), {
      validator: (message) => this.refuse(message),
    });
    setHandler(messageSignal, (message) => {
      // Whoever signals cannot be told: the agent's output tells what did not fit.
      if (problemWith(this.mail, message) === undefined) this.receive(message);
      else if (!isKnown(this.mail, message)) this.turnedAway = [...this.turnedAway, message];
    });
  }

  get all(): Mail {
    return this.mail;
  }

  get hasUnread(): boolean {
    return this.mail.unread.length > 0;
  }

  /** What the run before was sent comes first. */
  takeOver(before: Mail): void {
    this.mail = joined(before, this.mail);
  }

  /** All that is unread, which it then no longer is. */
  empty(): readonly SentMessage[] {
    const { unread } = this.mail;
    if (unread.length > 0) this.mail = { ...this.mail, unread: [] };
    return unread;
  }

  /** What did not fit since this was last asked. */
  takeTurnedAway(): readonly SentMessage[] {
    const { turnedAway } = this;
    this.turnedAway = [];
    return turnedAway;
  }

  /** The first message from now on; undefined when none comes in time. */
  async answer(timeoutMs: number): Promise<string | undefined> {
    const question: Waiting = {};
    this.waiting = question;
    try {
      await condition(() => question.answer !== undefined, timeoutMs);
      return question.answer?.text;
    } finally {
      this.waiting = undefined;
    }
  }

  private receive(message: SentMessage): Receipt {
    const { waiting } = this;
    if (isKnown(this.mail, message))
      return waiting?.answer?.id === message.id ? { answers: true } : { isRepeated: true };
    if (!waiting || waiting.answer) {
      this.mail = received(this.mail, message);
      return this.receipt();
    }
    this.mail = noted(this.mail, message);
    waiting.answer = message;
    return { answers: true };
  }

  private receipt(): Receipt {
    const turn = this.nextTurn();
    return turn === undefined ? {} : { turn };
  }

  private refuse(message: SentMessage): void {
    if (isKnown(this.mail, message)) return;
    const problem = problemWith(this.mail, message);
    if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem, 'refused_message');
  }
}
