// Draws the ThumbHash of a picture while the picture itself is on its way.
//
// The format: three bytes of averages and scales (luminance 6 bits, two colour differences 6 bits each, scale of
// luminance 5, alpha flag 1), two of counts (3), scales of the differences (6 each), orientation (1); with alpha one
// byte of its average and scale; then 4-bit cosine coefficients of luminance, differences and alpha, in zigzag order.

const WIDEST = 32;

export function decode(bytes) {
  const header = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
  const second = bytes[3] | (bytes[4] << 8);
  const hasAlpha = header >> 23 === 1;
  const landscape = second >> 15 === 1;
  const counted = second & 7;
  const countX = Math.max(3, landscape ? (hasAlpha ? 5 : 7) : counted);
  const countY = Math.max(3, landscape ? counted : hasAlpha ? 5 : 7);
  let at = 0;
  const start = hasAlpha ? 6 : 5;
  const coefficients = (nx, ny, scale) => {
    const values = [];
    for (let y = 0; y < ny; y += 1) {
      for (let x = y ? 0 : 1; x * ny < nx * (ny - y); x += 1) {
        const nibble = (bytes[start + (at >> 1)] >> ((at & 1) * 4)) & 15;
        values.push([x, y, (nibble / 7.5 - 1) * scale]);
        at += 1;
      }
    }
    return values;
  };
  const luminance = coefficients(countX, countY, ((header >> 18) & 31) / 31);
  const warm = coefficients(3, 3, (((second >> 3) & 63) / 63) * 1.25);
  const green = coefficients(3, 3, (((second >> 9) & 63) / 63) * 1.25);
  const alpha = hasAlpha ? coefficients(5, 5, (bytes[5] >> 4) / 15) : [];
  const base = {
    l: (header & 63) / 63,
    p: ((header >> 6) & 63) / 31.5 - 1,
    q: ((header >> 12) & 63) / 31.5 - 1,
    a: hasAlpha ? (bytes[5] & 15) / 15 : 1,
  };
  const ratio = countX / countY;
  const width = Math.round(ratio > 1 ? WIDEST : WIDEST * ratio);
  const height = Math.round(ratio > 1 ? WIDEST / ratio : WIDEST);
  return { width, height, pixels: paint({ width, height }, base, { luminance, warm, green, alpha }) };
}

function paint(size, base, parts) {
  const pixels = new Uint8ClampedArray(size.width * size.height * 4);
  // Cosine series of two dimensions; every term but the average counts twice.
  const wave = (values, x, y) => {
    let sum = 0;
    for (const [cx, cy, value] of values) {
      sum += value * Math.cos((Math.PI / size.width) * (x + 0.5) * cx) * Math.cos((Math.PI / size.height) * (y + 0.5) * cy);
    }
    return 2 * sum;
  };
  for (let y = 0, at = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1, at += 4) {
      const l = base.l + wave(parts.luminance, x, y);
      const p = base.p + wave(parts.warm, x, y);
      const q = base.q + wave(parts.green, x, y);
      const blue = l - (2 / 3) * p;
      const red = (3 * l - blue + q) / 2;
      pixels[at] = 255 * red;
      pixels[at + 1] = 255 * (red - q);
      pixels[at + 2] = 255 * blue;
      pixels[at + 3] = 255 * (base.a + wave(parts.alpha, x, y));
    }
  }
  return pixels;
}

function draw(box) {
  const bytes = Uint8Array.from(atob(box.dataset.thumbhash), (letter) => letter.charCodeAt(0));
  const { width, height, pixels } = decode(bytes);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.setAttribute("aria-hidden", "true");
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  box.querySelector(".placeholder")?.replaceWith(canvas);
}

export function paintPlaceholders(part) {
  const boxes = [...part.querySelectorAll("[data-thumbhash]")];
  for (const box of boxes) {
    const picture = box.querySelector("img");
    if (!picture || picture.complete || box.querySelector("canvas")) continue;
    try {
      draw(box);
    } catch {
      // The plain colour stays; a placeholder is not worth a message.
    }
  }
}
