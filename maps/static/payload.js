"use strict";
// Reading what the page carries: packed facts, packed land, and words. Everything here is data, never markup.
const Onramp = {};

/** @type {(id: string) => any} */
Onramp.byId = (id) => document.getElementById(id);

/** @type {MapSymbols} Filled with the words of the page. */
Onramp.symbols = /** @type {any} */ (null);

// Bytes of an inert block: base64 of gzip. Browsers older than 2023 cannot unpack it; boot.js then says so.
Onramp.readBlock = async function (id) {
  const signs = atob(Onramp.byId(id).textContent.trim());
  const bytes = new Uint8Array(signs.length);
  for (let i = 0; i < signs.length; i++) bytes[i] = signs.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

Onramp.readFacts = async function (id) {
  return JSON.parse(new TextDecoder().decode(await Onramp.readBlock(id)));
};

// Words of the page's language: t("map.card.rank", {n: 4}). A group of one/other is chosen by n.
Onramp.words = function (block) {
  const { texts, language, colors, symbols } = JSON.parse(Onramp.byId(block).textContent);
  Onramp.symbols = symbols;
  const locale = texts.format.locale;
  const plain = {};
  const number = (value, digits = 0) => {
    plain[digits] ??= new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return plain[digits].format(value).replace("-", "\u2212");
  };
  const find = (key) => key.split(".").reduce((group, part) => (group == null ? undefined : group[part]), texts);
  const t = (key, values = {}) => {
    let text = find(key);
    if (text && typeof text === "object") text = String(values.n) === "1" && text.one ? text.one : text.other;
    if (typeof text !== "string") throw new Error("no text " + key);
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  };
  const about = (value) => {
    if (!value) return number(0);
    const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(value))) - 1);
    return number(Math.floor(value / step + 0.5) * step);
  };
  return {
    t,
    number,
    about,
    language,
    colors,
    has: (key) => typeof find(key) === "string",
    code: (group, code) => {
      // Some codes hold dots themselves.
      const word = (find("codes." + group) || {})[code];
      return typeof word === "string" ? word : code;
    },
    percent: (value) => t("format.percent", { n: number(value) }),
    jobYears: (value) => number(value, value >= 10 || value === 0 ? 0 : value >= 0.1 ? 1 : 2),
    quarter: (code) => {
      const parts = /^(\d{4})Q([1-4])$/.exec(code);
      return parts ? t("format.quarters.q" + parts[2], { year: parts[1] }) : t("codes.quarter." + code);
    },
    // A community is called by its place, and by the part of the compass where the place has several.
    community: ({ name, place, compass, basis, tracts }) => {
      const [part, count] = (compass || "").split("#");
      const word = part ? t("codes.compass." + part) + (count ? " " + count : "") : "";
      const form = place && basis ? find("format.named." + basis) : null;
      const called = form ? t("format.named." + basis, { place, n: tracts }) : place || name;
      return place && word ? t("format.part_of", { place: called, part: word }) : called;
    },
    // A name from data inside a sentence, kept from turning the sentence's direction.
    name: (text) => "\u2068" + text + "\u2069",
  };
};

// An element with attributes and children; children that are strings become text, never markup.
Onramp.element = function (tag, attributes = {}, ...children) {
  const drawn = ["svg", "rect", "path", "line", "circle", "g", "text", "defs", "pattern", "title"].includes(tag);
  const made = drawn ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, run] of Object.entries(value)) made.addEventListener(event, run);
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
};
