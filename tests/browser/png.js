/** Writes a picture with 256 colours: one of phones has hardly more, and takes a third of the bytes then. */

/** @param {{picture: string}} given a PNG in base64 @returns {Promise<string>} another */
export async function inFewColours({ picture }) {
  const bytes = Uint8Array.from(atob(picture), (sign) => sign.charCodeAt(0));
  const { width, height, data } = await pixelsOf(new Blob([bytes]));
  const pixels = new Uint32Array(data.buffer); // alpha, blue, green, red
  const colours = mostUsed(pixels);
  const indexOf = new Map(colours.map((colour, index) => [colour, index]));
  const rows = new Uint8Array((width + 1) * height); // each begins with 0: no filter
  pixels.forEach((colour, at) => {
    if (!indexOf.has(colour)) indexOf.set(colour, nearest(colours, colour));
    rows[at + Math.floor(at / width) + 1] = indexOf.get(colour);
  });
  return base64(await png(width, height, colours, rows));
}

async function pixelsOf(blob) {
  const bitmap = await createImageBitmap(blob);
  const pencil = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  pencil.drawImage(bitmap, 0, 0);
  return pencil.getImageData(0, 0, bitmap.width, bitmap.height);
}

function mostUsed(pixels) {
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  return [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a)).slice(0, 256);
}

function parts(colour) {
  return [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
}

function nearest(colours, colour) {
  const away = (other) => parts(other).reduce((sum, part, at) => sum + (part - parts(colour)[at]) ** 2, 0);
  return colours.reduce((best, other, index) => (away(other) < away(colours[best]) ? index : best), 0);
}

async function png(width, height, colours, rows) {
  const size = [width, height].flatMap((number) => [24, 16, 8, 0].map((bits) => (number >> bits) & 255));
  const packed = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  return Uint8Array.from([
    ...[137, 80, 78, 71, 13, 10, 26, 10],
    ...chunk("IHDR", [...size, 8, 3, 0, 0, 0]), // 8 bits, which are an index into the colours
    ...chunk("PLTE", colours.flatMap(parts)),
    ...chunk("IDAT", new Uint8Array(await new Response(packed).arrayBuffer())),
    ...chunk("IEND", []),
  ]);
}

function chunk(type, content) {
  const named = [...[...type].map((sign) => sign.charCodeAt(0)), ...content];
  const bytes = (number) => [24, 16, 8, 0].map((bits) => (number >>> bits) & 255);
  return [...bytes(content.length), ...named, ...bytes(crc(named))];
}

function crc(bytes) {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum;
}

function base64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
