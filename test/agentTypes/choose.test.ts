import { type BuiltInName, chooseAgentType } from '../../src/agentTypes';

const TASKS: Record<BuiltInName, string[]> = {
  explore: [
    'Where is cancellation handled, and what happens to partial output?',
    'where is resolveConfig implemented',
    'Where is the retry logic defined?',
    'Find all callers of parseTree',
    'Which files import lodash?',
    'What does the session lease do?',
    'List every environment variable that is read',
    'Please find the place where we write audit logs',
    'How many HTTP endpoints does the server expose?',
    'Is there a rate limiter in this repo?',
    'who calls `fixPlan()`?',
    'Show me where the security headers are set',
    'How does login work?',
    'What is the default timeout',
    'where do we review pull requests',
  ],
  research: [
    'Research how authentication works across the services',
    'Explain how the payload codec works',
    'Look into why the tests are flaky',
    'Compare the two HTTP clients in this repository',
    'Investigate why the nightly build is slow',
    'Summarize the architecture of this repository',
    'Give me an overview of the module system',
    'Why does the worker reconnect every minute?',
    'Analyze error handling throughout the code base',
    'Do a deep dive into the scheduler',
    'I want you to research how other parts of the code handle retries',
  ],
  review: [
    'Review this diff:\n```diff\n- fix\n+ implement the plan\n```',
    'review PR 412',
    'Please review the changes in src/auth for bugs',
    'Is this patch ready to merge?',
    'Do a code review of the new parser',
    'Can you look over this commit and give feedback',
    'Do not fix anything, just review src/limits.ts',
    'Find bugs in src/limits.ts',
    'Verify that all inputs are validated',
    'Check the date arithmetic for correctness',
  ],
  plan: [
    'Write a plan for migrating from REST to gRPC',
    "don't implement, only plan the removal of the legacy API",
    "Plan the database migration but don't write any code",
    'Design a caching layer for the search endpoint',
    'How should we implement multi-tenancy?',
    'Create a step-by-step plan to add SSO',
    'Break the monolith down into services',
    'What would it take to support Windows?',
    'How should we handle errors in the new API?',
    'Draft an RFC for event sourcing',
    'Make a plan to fix the flaky tests',
  ],
  implement: [
    'Find and fix the race condition in the lock',
    'Plan and implement the export feature',
    'without changing behaviour, simplify the parser',
    'Fix the bug in the date parser',
    'add a --verbose flag to the CLI',
    'Implement retry with exponential backoff',
    'Please rename getUser to fetchUser everywhere',
    'Refactor the config loader into smaller functions',
    'Write unit tests for chooseAgentType',
    'Can you remove the deprecated endpoints?',
    'The parser crashes on empty input. Fix it.',
    'Update the README to mention Node 20',
    'Fix the crash where users do not get an email after review',
    'Add a security header to all responses',
    'We need to support IPv6 addresses',
    'Implement the plan in docs/plan.md',
  ],
  audit: [
    'audit the auth code for security holes',
    'Audit this repository',
    'Look for vulnerabilities in the upload handler',
    'Is there any SQL injection or XSS risk in the search form?',
    'Do a security review of the payment module',
    'Threat model the webhook receiver',
    'Find security issues in the session handling',
    'Is our crypto usage secure?',
    'Could an attacker exploit the template engine?',
  ],
  decide: [
    'Should we use Postgres or SQLite for the job store?',
    'should I refactor this module or rewrite it',
    'Decide whether to keep the ORM',
    'Which is better for us: jest or vitest?',
    'Pros and cons of moving to ESM',
    'Recommend a queue library for this project',
    'Is it worth moving to pnpm?',
    'Should we implement caching?',
    'Evaluate whether moving to Deno is worth it',
    'Compare Redis and Kafka and recommend one',
    'Help us choose between Redis and Kafka',
  ],
  general: [
    '',
    '   \n ',
    '?',
    'hello',
    '42',
    'Bonjour, peux-tu corriger le fichier de configuration ?',
    '请解释这个函数',
    'Übersetze die Fehlermeldungen',
    'the usual',
    '```\nfix the bug\n```',
  ],
};

describe.each(Object.entries(TASKS))('auto picks %s', (type, tasks) => {
  it.each(tasks)('for %j', (task) => {
    expect(chooseAgentType(task)).toMatchObject({ type });
  });
});

describe('auto', () => {
  it('says which words decided', () => {
    expect(chooseAgentType('audit the auth code for security holes').why).toBe(
      'The task says "audit", "security holes" and "security".',
    );
    expect(chooseAgentType('').why).toBe(
      'No word of the task tells the kind of work, and it is no question.',
    );
    expect(chooseAgentType('Can you hear me?')).toEqual({
      type: 'explore',
      why: 'No word of the task tells the kind of work, and it is a question.',
    });
  });

  it('gives the same answer each time', () => {
    const answers = new Set(Array.from({ length: 50 }, () => chooseAgentType('Fix the plan').why));
    expect(answers.size).toBe(1);
  });

  it('does not hang on hostile text', () => {
    const startedMs = performance.now();
    for (const part of [
      'not ',
      'how ',
      'should we ',
      'please ',
      '```',
      '\n',
      'break ',
      '"',
      'can you ',
      ' - # ',
    ]) {
      chooseAgentType(part.repeat(100_000 / part.length));
    }
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  });

  it('ignores what stands far behind the beginning', () => {
    const task = `Review this.\n${'x '.repeat(3_000)} audit security vulnerability`;
    expect(chooseAgentType(task).type).toBe('review');
  });
});
