import { copyPackage, remove, scout } from './harness';

it('shows', async () => {
  const src = process.env.SRC ?? '';
  const root = src.startsWith('/') ? src : copyPackage(src);
  const s = await scout(root, process.env.ASK ?? '');
  for (const m of s.conversation)
    if (m.role === 'assistant')
      for (const b of m.blocks)
        process.stdout.write(
          b.type === 'tool_use'
            ? `${b.name} ${JSON.stringify(b.input)}\n`
            : b.type === 'text'
              ? b.text + '\n'
              : '',
        );
  process.stdout.write(
    `\nturns ${s.turns} calls ${s.calls} chars of results ${JSON.stringify(s.conversation).length}\n`,
  );
  if (!src.startsWith('/')) remove(root);
});
