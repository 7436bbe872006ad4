/** Characters as strokes on a grid of 4 × 6 from the upper left corner: `xy` pairs, strokes apart by spaces. */
const GLYPHS: Readonly<Record<string, string>> = {
  '0': '0110304145361605 0501',
  '1': '112026 1636',
  '2': '01103041420646',
  '3': '0040223243453616 1605',
  '4': '36300444',
  '5': '4000031232434536 361605',
  '6': '4020020516364544 44331304',
  '7': '004016',
  '8': '130201103041423313 1304051636454433',
  '9': '0626444130100102 02133342',
  '.': '26',
  ':': '22 25',
  '-': '0343',
  '%': '4006 0010110100 3545463635',
  '/': '4006',
  B: '00063645443303 334241300000',
  G: '413010010516364543 4323',
  K: '0006 400346',
  M: '0600234046',
  T: '0040 2026',
  d: '4046 453616050312 123243',
  h: '0006 0312324346',
  i: '2226 20',
  k: '0006 4204 1446',
  m: '0602 03122326 23324346',
  n: '0602 0312324346',
  s: '421203143445 453606',
  µ: '0206 05163645 4246',
};

/** The strokes of a character, each a list of points; empty for unsupported characters. */
export function strokesOf(character: string): readonly (readonly (readonly [x: number, y: number])[])[] {
  const glyph = GLYPHS[character];
  if (glyph === undefined) return [];
  return glyph
    .split(' ')
    .map((stroke) => Array.from(stroke.matchAll(/(\d)(\d)/g), ([, x, y]) => [Number(x), Number(y)] as const));
}
