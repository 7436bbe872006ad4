import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReply, renderCommand, ReplyError, type Reply } from './resp.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('a reply', () => {
  it.each([
    ['+OK\r\n', 'OK'],
    [':42\r\n', 42],
    [':-1\r\n', -1],
    ['$-1\r\n', null],
    ['*-1\r\n', null],
    ['$0\r\n\r\n', ''],
    ['$6\r\na\r\nb\r\n\r\n', 'a\r\nb\r\n'],
    ['*2\r\n$4\r\nname\r\n*1\r\n:1\r\n', ['name', [1]]],
  ])('%j is parsed', (text, reply) => {
    expect(parseReply(bytes(text))).toEqual({ reply, next: text.length });
  });

  it('that is an error is parsed as a value', () => {
    const parsed = parseReply(bytes('-NOPERM no permissions\r\n'));
    expect(parsed?.reply).toBeInstanceOf(ReplyError);
  });

  it.each(['HTTP/1.1 400 Bad Request\r\n', ':many\r\n', '$2\r\nabcd', '*1\r\n*1\r\n'.repeat(20), '$-7\r\n\r\n'])(
    '%j is refused',
    (text) => {
      expect(() => parseReply(bytes(text))).toThrow(/reply/);
    },
  );

  it('is parsed the same however it is split: every prefix is incomplete, and bytes after it are not consumed', () => {
    const texts = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'ä', '€', '𝄞', '\r', '\n', '$', '*', '1') });
    const replies = fc.letrec<{ reply: Reply }>((tie) => ({
      reply: fc.oneof(
        { maxDepth: 3 },
        texts,
        fc.integer(),
        fc.constant(null),
        fc.array(tie('reply'), { maxLength: 3 }),
      ),
    })).reply;
    fc.assert(
      fc.property(replies, fc.nat(), (reply, cut) => {
        const whole = bytes(encode(reply));
        expect(parseReply(Buffer.concat([whole, bytes('+next\r\n')]))).toEqual({ reply, next: whole.length });
        expect(parseReply(whole.subarray(0, cut % whole.length))).toBeUndefined();
      }),
    );
  });
});

it('a command is an array of bulk strings, with lengths in bytes', () => {
  expect(renderCommand(['AUTH', 'ä'])).toBe('*2\r\n$4\r\nAUTH\r\n$2\r\nä\r\n');
});

function encode(reply: Reply): string {
  if (reply === null) return '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`;
  if (reply instanceof ReplyError) return `-${reply.message}\r\n`;
  return `*${reply.length}\r\n${reply.map(encode).join('')}`;
}
