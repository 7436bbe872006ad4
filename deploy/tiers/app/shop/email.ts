/** Invisible characters, which make different addresses visually equal: controls, format characters, spaces, fillers. */
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/**
 * The normalised form of an email address, or `undefined` if it is invalid. Addresses are stored in this form and compared byte by byte.
 * 1. Spaces, tabs and line ends around the address are removed.
 * 2. An address with invisible characters, or not in Unicode's form NFC, is rejected: another address may be visually identical.
 * 3. A to Z become a to z: users do not distinguish them, and mail servers do not give such addresses to different people.
 *
 * Nothing else is folded. Addresses that differ in accents, circled digits, full width letters or capitals of other alphabets are different.
 */
export function normaliseEmail(text: string): string | undefined {
  const address = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (address === '' || INVISIBLE.test(address) || address !== address.normalize('NFC')) return undefined;
  // A small letter may compose with a following mark although the capital one does not.
  return address.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).normalize('NFC');
}
