// What the scripts of the map hand to each other, for the type checker alone; no page carries this file.

/** Leaflet and the map that folium sets up come before the scripts. */
declare const L: any;
interface Window {
  map_onramp: any;
}

/** Where a canvas looks: canvas pixels a map unit, canvas pixels a CSS pixel, and the place of the map's origin. */
interface View {
  scale: number;
  ratio: number;
  x: number;
  y: number;
  small?: boolean;
}

/** West, north, east, south in map units; boxes of shapes are null where there is nothing to draw. */
type MapBox = [number, number, number, number] | number[];

/** What is chosen: a kind of thing and its place in that kind's columns. */
interface Chosen {
  kind: string;
  index: number;
}

/** A class of a legend: its color, the pattern over it, its words, and its cell where two measures are shown at once. */
interface LegendClass {
  color: string;
  pattern?: string | null;
  label: string;
  cell?: [number, number];
}
interface Scheme {
  id: string;
  title: string;
  note: string;
  classes: LegendClass[];
  of: Uint8Array;
}

/** What is shown now. */
interface Look {
  scheme: Scheme;
  overlays: Set<string>;
  selection: Chosen | null;
  hubs?: number;
  quarter?: string;
  tiles?: boolean;
  printing?: boolean;
}

/** Polygons or lines decoded from the page: their paths and boxes, and the arcs they share with the shapes on each side. */
interface Layer {
  paths: Path2D[];
  boxes: (number[] | null)[];
  arcs: Float64Array[];
  sides: number[][];
  names: string[];
  ids: string[];
  people: number[];
}

/** The symbol set, as maps/cartography/symbols.py writes it. */
interface SymbolArea {
  fill: string;
  pattern: string | null;
}
interface SymbolLine {
  color: string;
  width: number;
  casing: number;
  dash: number[];
}
interface SymbolMark {
  shape: string;
  fill: string;
  radius: number;
  edge: string;
  edge_width: number;
  casing: number;
}
interface SymbolPattern {
  strokes: [number, number, number, number][];
  width: number;
  dot: number;
}
interface SymbolLabel {
  size: number;
  weight: string;
  color: string;
}
interface MapSymbols {
  areas: Record<string, SymbolArea>;
  lines: Record<string, SymbolLine>;
  marks: Record<string, SymbolMark>;
  labels: Record<string, SymbolLabel>;
  shapes: Record<string, [number, number][]>;
  patterns: Record<string, SymbolPattern>;
  pattern_side: number;
  pattern_ink: { light_fill: number; on_light: string; on_dark: string };
  badge: { radius: number; ring: number; letters: number; ink: string };
  casing: string;
}
