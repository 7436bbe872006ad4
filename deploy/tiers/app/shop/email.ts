/** Nothing of it can be seen, so two addresses that differ in it look the same: controls, format characters, spaces, fillers. */
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/**
 * The one form in which an address names a user, or `undefined` for text that names none. Addresses are stored in this form and compared
 * byte by byte. What it does:
 * 1. spaces, tabs and line ends around the address are dropped;
 * 2. an address with invisible characters, or not in Unicode's form NFC, is refused: another address may look exactly like it;
 * 3. A to Z become a to z, because people do not mind how they write these and no mail server gives such addresses to different people.
 *
 * Nothing else is folded. Accents, circled digits, full width letters and capitals of other alphabets tell people apart.
 */
export function normaliseEmail(text: string): string | undefined {
  const address = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (address === '' || INVISIBLE.test(address) || address !== address.normalize('NFC')) return undefined;
  // A small letter may combine with a mark where the capital one did not.
  return address.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).normalize('NFC');
}
