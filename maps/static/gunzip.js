"use strict";
// Unpacking gzip where the browser has no DecompressionStream (before 2023): the DEFLATE of RFC 1951 in plain steps.

Onramp.gunzip = function (bytes) {
  if (bytes[0] !== 31 || bytes[1] !== 139 || bytes[3] !== 0) throw new Error("not the gzip this page writes");
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  return Onramp.inflate(bytes, 10, new Uint8Array(size));
};

Onramp.inflate = function (input, at, output) {
  let held = 0, holding = 0, filled = 0;
  const bits = (count) => {
    while (holding < count) { held |= input[at++] << holding; holding += 8; }
    const value = held & ((1 << count) - 1);
    held >>>= count; holding -= count;
    return value;
  };
  // Canonical Huffman codes: how many codes of each length, and the symbols in order of their codes.
  const codes = (lengths) => {
    const counts = new Uint16Array(16), starts = new Uint16Array(16), symbols = new Uint16Array(lengths.length);
    for (const length of lengths) counts[length]++;
    counts[0] = 0;
    for (let k = 1; k < 16; k++) starts[k] = starts[k - 1] + counts[k - 1];
    lengths.forEach((length, symbol) => { if (length) symbols[starts[length]++] = symbol; });
    return { counts, symbols };
  };
  const symbol = ({ counts, symbols }) => {
    let code = 0, first = 0, index = 0;
    for (let length = 1; length < 16; length++) {
      code |= bits(1);
      if (code - counts[length] < first) return symbols[index + code - first];
      index += counts[length]; first = (first + counts[length]) << 1; code <<= 1;
    }
    throw new Error("broken data");
  };
  const lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
  const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  const awayBase = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
  const fixed = () => [
    codes(Array.from({ length: 288 }, (_, k) => (k < 144 ? 8 : k < 256 ? 9 : k < 280 ? 7 : 8))),
    codes(new Array(30).fill(5)),
  ];
  const told = () => {
    const nLiterals = bits(5) + 257, nAways = bits(5) + 1, nLengths = bits(4) + 4;
    const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    const lengths = new Array(19).fill(0);
    for (let k = 0; k < nLengths; k++) lengths[order[k]] = bits(3);
    const table = codes(lengths), all = [];
    while (all.length < nLiterals + nAways) {
      const next = symbol(table);
      if (next < 16) all.push(next);
      else {
        const value = next === 16 ? all[all.length - 1] : 0;
        for (let n = next === 16 ? 3 + bits(2) : next === 17 ? 3 + bits(3) : 11 + bits(7); n > 0; n--) all.push(value);
      }
    }
    return [codes(all.slice(0, nLiterals)), codes(all.slice(nLiterals))];
  };
  for (let last = 0; !last;) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) {
      held = holding = 0;
      const size = input[at] | (input[at + 1] << 8);
      output.set(input.subarray(at + 4, at + 4 + size), filled);
      at += 4 + size; filled += size;
      continue;
    }
    const [literals, aways] = kind === 1 ? fixed() : told();
    for (let next = symbol(literals); next !== 256; next = symbol(literals)) {
      if (next < 256) { output[filled++] = next; continue; }
      const length = lengthBase[next - 257] + bits(lengthExtra[next - 257]);
      const step = symbol(aways), away = awayBase[step] + bits(step < 2 ? 0 : (step >> 1) - 1);
      for (let k = 0; k < length; k++, filled++) output[filled] = output[filled - away];
    }
  }
  return output;
};
