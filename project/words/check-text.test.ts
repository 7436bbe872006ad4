import { expect, it } from 'vitest';
import { checkTexts } from './check-text.ts';

const check = (text: string): readonly string[] => checkTexts([{ place: 'here', text }]);

it.each([
  ['The notifier sends a mail.', []],
  ['People are told by mail.', ['here: "told" (use: notify, report, expose, log, push)']],
  ['Run `tell lb1`, see https://example.org/look.', []],
  ['The host is gone.', ['here: "gone" (use: down, unreachable or removed)']],
])('%s', (text, problems) => {
  expect(check(text)).toEqual(problems);
});

it('counts the words of a sentence, and code as one of them', () => {
  const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ');
  expect(check(`${words(29)} \`a b c d\`. Next ${words(20)}.`)).toEqual([]);
  expect(check(`${words(31)}.`)).toEqual([expect.stringContaining('here: 31 words')]);
  expect(check(`- ${words(20)}\n- ${words(20)}`)).toEqual([]);
});
