import { copyPackage, remove } from './harness';
import { developmentQuizzes, heldOutQuizzes } from './questions';
import { score } from './score';

const set = process.env.HELD ? heldOutQuizzes : developmentQuizzes;
it('scores', async () => {
  for (const quiz of set) {
    const root = copyPackage(quiz.source);
    const s = await score(root, quiz);
    remove(root);
    process.stdout.write(
      `${quiz.source} ${s.right}/${s.asked}\n` + s.misses.map((m) => '   ' + m + '\n').join(''),
    );
  }
});
