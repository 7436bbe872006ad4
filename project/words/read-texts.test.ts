import ts from 'typescript';
import { expect, it } from 'vitest';
import { commentsOf } from './read-texts.ts';

it('comments are read without their marks, and consecutive lines as one', () => {
  const text = [
    '/**',
    ' * Opens it.',
    ' * Then closes it.',
    ' */',
    'const url = "http://no-comment"; // after code',
    'const two = [',
    '  // first line',
    '  // second line',
    '  2,',
    '];',
    '',
    '// another comment',
    '',
    '// at the end',
  ].join('\n');
  const source = ts.createSourceFile('sample.ts', text, ts.ScriptTarget.Latest, true);
  expect(commentsOf(source).map((comment) => [comment.line, comment.text.trim()])).toEqual([
    [1, 'Opens it.\nThen closes it.'],
    [5, 'after code'],
    [7, 'first line second line'],
    [12, 'another comment'],
    [14, 'at the end'],
  ]);
});
