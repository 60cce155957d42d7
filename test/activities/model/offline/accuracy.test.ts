import { copyPackage, remove } from './harness';
import { developmentQuizzes, heldOutQuizzes, type Quiz } from './questions';
import { score } from './score';

/** At least eight of ten, on each package by itself. */
const REQUIRED = 0.8;

function answersMost(quiz: Quiz): void {
  it(`cites the right line of ${quiz.source} among its first five`, async () => {
    const root = copyPackage(quiz.source);
    try {
      const { right, asked, misses } = await score(root, quiz);
      expect({ enough: right >= asked * REQUIRED, misses }).toEqual({
        enough: true,
        misses: expect.any(Array),
      });
    } finally {
      remove(root);
    }
  });
}

describe('in packages it was tuned on, the scout', () => developmentQuizzes.forEach(answersMost));
describe('in packages and questions it was not tuned on, the scout', () =>
  heldOutQuizzes.forEach(answersMost));
