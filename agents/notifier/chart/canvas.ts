import { strokesOf } from './glyphs.ts';

export type Colour = readonly [red: number, green: number, blue: number];
/** In pixels from the upper left corner. */
export type Point = readonly [x: number, y: number];

/** Pixels to draw on, initially white. Drawing outside has no effect. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Three bytes per pixel. */
  readonly rgb: Uint8Array;
  readonly fill: (from: Point, to: Point, ink: Ink) => void;
  /** Through all points, with soft edges. One point is a dot. */
  readonly line: (points: readonly Point[], ink: Ink & { readonly width: number }) => void;
  /** `at` is the left end, middle or right end of the baseline. */
  readonly text: (text: string, at: Point, style: TextStyle) => void;
}

interface Ink {
  readonly colour: Colour;
  /** 1 hides the background. Default 1. */
  readonly opacity?: number;
}

interface TextStyle extends Ink {
  /** Height of a capital letter. */
  readonly size: number;
  readonly align?: 'left' | 'middle' | 'right';
}

export function makeCanvas(width: number, height: number): Canvas {
  const rgb = new Uint8Array(3 * width * height).fill(255);
  const blend = (pixel: number, [red, green, blue]: Colour, opacity: number): void => {
    const at = 3 * pixel;
    const [r = 0, g = 0, b = 0] = [rgb[at], rgb[at + 1], rgb[at + 2]];
    rgb[at] = r + (red - r) * opacity + 0.5;
    rgb[at + 1] = g + (green - g) * opacity + 0.5;
    rgb[at + 2] = b + (blue - b) * opacity + 0.5;
  };
  const eachPixel = (from: Point, to: Point, visit: (x: number, y: number) => void): void => {
    const [left, right] = [Math.max(0, Math.floor(from[0])), Math.min(width, Math.ceil(to[0]))];
    const [top, bottom] = [Math.max(0, Math.floor(from[1])), Math.min(height, Math.ceil(to[1]))];
    for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) visit(x, y);
  };
  /** Coverage (0 to 255) of each pixel by the current line; where two segments meet, the greater value counts. */
  const cover = new Uint8Array(width * height);
  const line: Canvas['line'] = (points, { width: thickness, opacity = 1, colour }) => {
    const reach = thickness / 2 + 1;
    const touched: number[] = [];
    const [first] = points;
    if (first === undefined) return;
    (points.length === 1 ? [first] : points.slice(1)).forEach((to, index) => {
      const from = points[index] ?? to;
      const corner = (pick: typeof Math.min, by: number): Point => [
        pick(from[0], to[0]) + by,
        pick(from[1], to[1]) + by,
      ];
      eachPixel(corner(Math.min, -reach), corner(Math.max, reach), (x, y) => {
        const covered = Math.round(255 * Math.min(1, thickness / 2 + 0.5 - distance([x + 0.5, y + 0.5], from, to)));
        const pixel = y * width + x;
        const before = cover[pixel] ?? 0;
        if (covered <= before) return;
        if (before === 0) touched.push(pixel);
        cover[pixel] = covered;
      });
    });
    for (const pixel of touched) {
      blend(pixel, colour, (opacity * (cover[pixel] ?? 0)) / 255);
      cover[pixel] = 0;
    }
  };
  return {
    width,
    height,
    rgb,
    line,
    fill: (from, to, { colour, opacity = 1 }) => {
      eachPixel(from, to, (x, y) => {
        blend(y * width + x, colour, opacity);
      });
    },
    text: (text, [x, y], { size, align = 'left', ...ink }) => {
      const unit = size / 6;
      const advance = 6 * unit;
      const whole = text.length * advance - 2 * unit;
      const left = x - { left: 0, middle: whole / 2, right: whole }[align];
      Array.from(text).forEach((character, index) => {
        for (const stroke of strokesOf(character)) {
          const points = stroke.map(([column, row]): Point => [
            left + index * advance + column * unit,
            y + (row - 6) * unit,
          ]);
          line(points, { ...ink, width: 0.9 * unit });
        }
      });
    },
  };
}

/** From a point to the nearest point of a segment. */
function distance([x, y]: Point, from: Point, to: Point): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - from[0]) * dx + (y - from[1]) * dy) / length;
  const share = along < 0 ? 0 : along > 1 ? 1 : along;
  const [ox, oy] = [x - from[0] - share * dx, y - from[1] - share * dy];
  return Math.sqrt(ox * ox + oy * oy);
}
