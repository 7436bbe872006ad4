import fc from 'fast-check';

/** Any bytes, decoded as the receiver decodes them. */
export const anyBytes = (): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
